"""Random walks over a target: calls in any order, judged by the oracle, cut down to a story."""
