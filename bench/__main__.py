"""Every measurement in turn: `make bench`."""

from bench import browser, prediction, relay, video

for measurement in (prediction, relay, browser, video):
    measurement.main()
