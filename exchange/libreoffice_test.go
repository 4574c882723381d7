package exchange

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// office is LibreOffice without a window. Where it is missing, a test is skipped on a laptop and fails in CI.
func office(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "LibreOffice is missing: apt-get install --no-install-recommends libreoffice-calc"
	if ci, _ := strconv.ParseBool(os.Getenv("CI")); ci {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// resaved opens files of one kind in LibreOffice and saves them as what they are, all in one run of the program.
func resaved(t testing.TB, kind, filter string, files map[string][]byte) map[string][]byte {
	t.Helper()
	program, dir := office(t), t.TempDir()
	out := filepath.Join(dir, "out")
	args := []string{"--headless", "--norestore", "-env:UserInstallation=file://" + filepath.Join(dir, "profile")}
	if kind == "csv" { // as its dialog stands: comma, quotes, UTF-8; every column is taken as "Standard"
		args = append(args, "--infilter=CSV:44,34,76,1")
	}
	args = append(args, "--convert-to", filter, "--outdir", out)
	for name, data := range files {
		file := filepath.Join(dir, name+"."+kind)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if said, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	back := map[string][]byte{}
	for name := range files {
		data, err := os.ReadFile(filepath.Join(out, name+"."+kind))
		if err != nil {
			t.Fatal(err)
		}
		back[name] = data
	}
	return back
}

// TestLibreOffice opens and saves every language's XLSX and CSV in a real spreadsheet program, and takes them back: no byte
// of a text differs, and nothing is reported.
func TestLibreOffice(t *testing.T) {
	for where, s := range map[string]*Source{"shipped": source(t, os.DirFS("..")), "small": source(t, os.DirFS(folder(t, small())))} {
		for kind, filter := range map[string]string{"xlsx": "xlsx:Calc MS Excel 2007 XML", "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1"} {
			t.Run(where+"/"+kind, func(t *testing.T) {
				files := map[string][]byte{}
				for _, l := range s.Catalog.Languages {
					files[l.Tag] = written(t, book(t, s, l.Tag), Format(kind))
				}
				for tag, data := range resaved(t, kind, filter, files) {
					if string(data) == string(files[tag]) {
						t.Errorf("%s: the file is the same to the byte, so that nothing was saved", tag)
					}
					readBack(t, s, book(t, s, tag), data)
					nothing(t, planned(t, s, data, Options{Language: tag}))
				}
			})
		}
	}
}
