"""Every measurement in turn: `make bench`."""

from bench import browser, prediction, relay

for measurement in (prediction, relay, browser):
    measurement.main()
