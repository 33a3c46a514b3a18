"""What `bench/cases.py` is made of: a city to work in, workers that live cases through, a million cases to stand on."""
