"""Proofs: the check of a store, a bundle of a case of 500 events, a tree beside pymerkle's.

    python tests/bench/bench_proofs.py [--events N] [--width N] [--rounds N]

Own server, medians. Each line reads `NAME VALUE target T ok|short`. The exit code is 0 either way.
"""

if __name__ == "__main__":
    from proving import main

    main()
