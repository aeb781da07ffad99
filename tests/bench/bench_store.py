"""The store beside the eventsourcing library, bare inserts and a raw producer, in one run (eventstore.md section 13).

    python tests/bench/bench_store.py [--rounds N] [--seconds S] [--no-kafka]

Own servers with durable commits, writers as processes, interleaved rounds, medians; ratios, never absolute rates.
Each line reads `ratio NAME VALUE target T ok|short`, then how near the stretch is. The exit code is 0 either way.
"""

if __name__ == "__main__":
    # inside: every writer process imports this file once more, and none of them needs what measures imports
    from measures import main

    main()
