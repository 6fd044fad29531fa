"""What the school itself keeps as CSV files in registers/: consent to recording, and exceptions agreed beforehand."""
