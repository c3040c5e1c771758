"""What files say about how they were made: content credentials are put in here, and read here."""
