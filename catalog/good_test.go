package catalog

import "testing"

func TestGoodContent(t *testing.T) {
	_, found := Load(good().fs())
	for _, f := range found {
		if f.Severity > Advice {
			t.Errorf("%s: %s", f.Severity, f)
		}
	}
}
