"""From a payload to text, images and metadata."""
