"""What is judged: the model of a target, how it is read, written and reached over a wire."""
