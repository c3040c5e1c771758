"""Training of the network that fits a swapped face into its picture."""
