"""Charts as SVG, from figures alone; what they mean is said by the section around them."""
