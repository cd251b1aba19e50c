"""What leaves for the receipt computer and the chart: one settled visit in four forms, delivered until it is taken."""
