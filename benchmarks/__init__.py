"""What Coproduce promises about speed, measured; results are kept as JSON in results/."""
