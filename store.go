package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"beaware/outbox"
	"beaware/state"
)

// store opens the one file that remembers what was published.
func (in *installation) store() (*state.Store, error) {
	return state.Open(in.config.path(in.config.Store.Path), state.Options{})
}

// ledgerMetrics shows how many deliveries stand in each state, by channel as configured.
type ledgerMetrics struct {
	reader outbox.Reader
	desc   *prometheus.Desc
}

func newLedgerMetrics(r outbox.Reader) *ledgerMetrics {
	return &ledgerMetrics{r, prometheus.NewDesc("beaware_deliveries", "Deliveries in the ledger, by channel and state.", []string{"channel", "state"}, nil)}
}

// Describe implements prometheus.Collector.
func (m *ledgerMetrics) Describe(ch chan<- *prometheus.Desc) { ch <- m.desc }

// Collect implements prometheus.Collector.
func (m *ledgerMetrics) Collect(ch chan<- prometheus.Metric) {
	counts, err := m.reader.Counts(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(m.desc, err)
		return
	}
	for _, c := range counts {
		ch <- prometheus.MustNewConstMetric(m.desc, prometheus.GaugeValue, float64(c.N), c.Channel, string(c.State))
	}
}
