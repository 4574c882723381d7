package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"time"
)

// asset is a file of ours that pages load.
type asset struct {
	data    []byte
	version string
}

var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

func readAssets() map[string]asset {
	assets := map[string]asset{}
	entries, _ := files.ReadDir("assets") // it is in the binary
	for _, e := range entries {
		data, _ := files.ReadFile("assets/" + e.Name())
		sum := sha256.Sum256(data)
		assets[e.Name()] = asset{data, hex.EncodeToString(sum[:6])}
	}
	return assets
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	a, ok := s.assets[name]
	if !ok {
		return errNotFound
	}
	w.Header().Set("Content-Type", assetTypes[path.Ext(name)])
	if r.URL.Query().Get("v") == a.version {
		forever(w)
	}
	s.conditional(w, r, a.data, time.Time{})
	return nil
}
