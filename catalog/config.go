package catalog

import (
	"io/fs"
	"reflect"
	"strings"
)

// ReadTOML reads one TOML file into a struct with toml tags, with the same care as content: bounded, all faults at
// once, each with its line, unknown keys with the key that was likely meant. It is for the configuration, so it
// repeats no value, which could be a secret. Fields may be string, bool, *bool, int, []string,
// structs and lists of structs; others are left alone. at gives the place of a key: at("office", 2, "zone").
func ReadTOML(fsys fs.FS, file string, into any) (at func(path ...any) Pos, found Findings) {
	ld := &loader{fsys: fsys, report: newReport(), secret: true}
	doc, ok := ld.document(file)
	if !ok {
		return func(...any) Pos { return Pos{File: file} }, ld.findings()
	}
	if v := reflect.ValueOf(into); v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		ld.root(doc).fill(v.Elem())
	}
	return doc.find, ld.findings()
}

// find gives the place of a path of keys and positions in lists.
func (d *document) find(path ...any) Pos {
	where := ""
	for _, p := range path {
		switch p := p.(type) {
		case string:
			where = joinKey(where, p)
		case int:
			where = joinItem(where, p)
		}
	}
	return d.pos(where)
}

// fill sets the fields of a struct from the table's keys.
func (t *table) fill(v reflect.Value) {
	for i := range v.NumField() {
		key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
		if key != "" && key != "-" && v.Field(i).CanSet() && (t.has(key) || v.Field(i).Kind() == reflect.Struct) {
			t.set(v.Field(i), key)
		}
	}
	t.done()
}

func (t *table) set(v reflect.Value, key string) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(t.str(key))
	case v.Kind() == reflect.Bool:
		v.SetBool(t.bool(key))
	case v.Kind() == reflect.Int:
		v.SetInt(int64(t.int(key)))
	case v.Type() == reflect.TypeFor[*bool]():
		b := t.bool(key)
		v.Set(reflect.ValueOf(&b))
	case v.Kind() == reflect.Struct:
		t.sub(key).fill(v)
	case v.Type() == reflect.TypeFor[[]string]():
		v.Set(reflect.ValueOf(t.strs(key)))
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for _, e := range t.tables(key) {
			s := reflect.New(v.Type().Elem()).Elem()
			e.fill(s)
			v.Set(reflect.Append(v, s))
		}
	}
}
