package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"beaware/web"
)

// leave writes the public pages and feeds of the rehearsal as files whose links lead to each
// other, so that a browser can open them from the disk.
func (r *rehearsal) leave(ctx context.Context, dir string, now time.Time) error {
	d := &daemon{in: r.in, store: r.store}
	o := d.siteOptions()
	o.Now = func() time.Time { return now }
	site := web.New(o)
	files := map[string]string{"/": "index.html"} // address to file
	queue := []string{"/"}
	for _, l := range r.in.catalog.Languages {
		queue = append(queue, "/?lang="+l.Tag)
	}
	for len(queue) > 0 && ctx.Err() == nil {
		address := queue[0]
		queue = queue[1:]
		body, kind, ok := fetch(ctx, site, address)
		if !ok {
			continue
		}
		name := fileOf(address)
		if strings.HasPrefix(kind, "text/html") {
			body = relink(body, name, func(to string) string {
				if strings.HasPrefix(to, "/chat") {
					return r.in.config.Web.PublicURL + to
				}
				if _, seen := files[to]; !seen {
					files[to] = fileOf(to)
					queue = append(queue, to)
				}
				return files[to]
			})
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("leave the rehearsal: %w", err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil {
			return fmt.Errorf("leave the rehearsal: %w", err)
		}
	}
	return ctx.Err()
}

func fetch(ctx context.Context, site http.Handler, address string) (body []byte, kind string, ok bool) {
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, address, nil))
	return w.Body.Bytes(), w.Header().Get("Content-Type"), w.Code == http.StatusOK
}

var (
	links  = regexp.MustCompile(`(href|src|action)="(/[^"]*)"`)
	unsafe = regexp.MustCompile(`[^A-Za-z0-9._/-]+`)
)

// relink turns addresses below "/" into relative ones, seen from the file they stand in.
func relink(page []byte, from string, file func(address string) string) []byte {
	up := strings.Repeat("../", strings.Count(from, "/"))
	return links.ReplaceAllFunc(page, func(m []byte) []byte {
		parts := links.FindSubmatch(m)
		address, fragment, _ := strings.Cut(html.UnescapeString(string(parts[2])), "#")
		to := file(address)
		if !strings.Contains(to, "://") {
			to = up + to
		}
		if fragment != "" {
			to += "#" + fragment
		}
		return fmt.Appendf(nil, `%s="%s"`, parts[1], html.EscapeString(to))
	})
}

// fileOf gives the name of the file for an address: "/?lang=sq&office=al" is "index.sq.al.html".
func fileOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "unreadable.html"
	}
	p := strings.TrimPrefix(path.Clean(u.Path), "/")
	if p == "" || p == "." {
		p = "index"
	}
	name := p
	for _, key := range []string{"lang", "office"} {
		if v := u.Query().Get(key); v != "" {
			name += "." + v
		}
	}
	if path.Ext(p) == "" || strings.HasPrefix(p, "posts/") {
		name += ".html"
	}
	return unsafe.ReplaceAllString(name, "-")
}
