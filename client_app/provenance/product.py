"""What this software calls itself where it signs."""

NAME = "Live face swap"
VERSION = "0.1.0"
