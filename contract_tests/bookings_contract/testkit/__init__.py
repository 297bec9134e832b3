"""What a test holds in its hand: client, arrangements, expectations, and the record of them."""
