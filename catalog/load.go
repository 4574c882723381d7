package catalog

import (
	"io/fs"
	"strings"
)

// Load reads the whole tree below fsys, which holds the folders content and locales.
// It reports every fault it finds, not only the first. The catalog is nil when one
// of the findings is an Error.
func Load(fsys fs.FS) (*Catalog, Findings) {
	cat, found := Read(fsys)
	if found.Count(Error) > 0 {
		return nil, found
	}
	return cat, found
}

// Read is Load for those who check and do not start: it gives what could be read also where a finding is an
// Error, so that faults which only others see, such as a cron line or a text too long, show in the same run.
func Read(fsys fs.FS) (*Catalog, Findings) {
	ld := &loader{
		fsys:     fsys,
		report:   newReport(),
		cat:      &Catalog{Checks: map[string]*Check{}},
		numbers:  map[string]number{},
		known:    map[string]string{},
		broken:   map[string]bool{},
		langPos:  map[string]*table{},
		declared: map[string]*declaration{},
		rules:    map[string]pluralRules{},
	}
	ld.languages()
	ld.countries()
	ld.checks()
	ld.campaigns()
	ld.typedWords()
	ld.uiTexts()
	ld.hotlineTexts()
	ld.names()
	ld.lint()
	ld.never()
	ld.compare()
	ld.reviews()
	found := ld.findings()
	ld.cat.build(ld)
	return ld.cat, found
}

// loader carries what one Load has read so far.
type loader struct {
	*report
	fsys     fs.FS
	secret   bool // values are not repeated in findings
	cat      *Catalog
	langPos  map[string]*table           // where each language is declared, by tag
	adHoc    bool                        // languages.toml could not be read: any tag passes
	numbers  map[string]number           // what {number:...} may name: hotline ids, and services as "ba.police"
	known    map[string]string           // digits of every known number → what to write instead
	broken   map[string]bool             // country codes whose files could not be read
	declared map[string]*declaration     // what texts there must be, by area
	words    []*wording                  // all files of texts
	asks     []ask                       // names that code will show
	rules    map[string]pluralRules      // by carrier
	states   map[string]map[string]State // by language and text id
}

// number is a number that texts may refer to.
type number struct {
	shown string
	held  string // why it may not be shown; "" when it may
	tried bool   // an office has verified it by a test call
}

// maybeKnown tells whether an id that was not found may stand in a file that could not be read, so that
// one fault is not reported as many.
func (ld *loader) maybeKnown(id string) bool {
	return len(id) > 2 && (id[2] == '-' || id[2] == '.') && ld.broken[strings.ToUpper(id[:2])]
}

// slug tells whether an id can stand in file names, post ids and links: lower-case letters, digits, "-".
func slug(id string) bool {
	if id == "" || len(id) > 60 || id[0] == '-' || id[len(id)-1] == '-' {
		return false
	}
	for i := range len(id) {
		if c := id[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

const slugRule = `lower-case letters, digits and "-"`
