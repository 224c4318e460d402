"""What the page is made of; nothing here computes."""
