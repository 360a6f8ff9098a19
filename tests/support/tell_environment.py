"""A child that tells what it inherited."""

import os
import sys

if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in os.environ.items()))
