"""What several suites arrange, call and read alike."""
