"""The business behind the API: frozen values and rules without HTTP, document or clock."""
