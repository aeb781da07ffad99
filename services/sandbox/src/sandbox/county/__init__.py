"""The synthetic county: invented people, a seed, and everything that goes wrong in life. One seed, one history."""
