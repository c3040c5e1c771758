"""The personas, one module each: its CREDIT, and `pose(face)`, which seats it in a studio ready to be photographed."""
