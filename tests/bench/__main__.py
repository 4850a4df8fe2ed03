"""All figures, each as a ratio to a peer or a limit measured in the same run: `make bench`."""

from tests.bench import bench_many, bench_pdf, bench_renew, bench_screen, bench_store

for measure in (bench_store, bench_renew, bench_screen, bench_pdf, bench_many):
    measure.main()
