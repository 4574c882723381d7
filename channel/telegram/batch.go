package telegram

import "encoding/json"

// batch is what one poll gives. All updates are decoded at once where that is possible, which is several times faster, and
// one by one where one of them is not as it should be.
type batch []incoming

type incoming struct {
	id    int64
	known bool // there is a usable id
	u     update
	err   error
}

// read implements reader.
func (b *batch) read(result []byte) error {
	var all []struct {
		ID *int64 `json:"update_id"`
		update
	}
	*b = nil
	if json.Unmarshal(result, &all) == nil {
		for _, one := range all {
			in := incoming{u: one.update}
			if in.known = usable(one.ID); in.known {
				in.id = *one.ID
			}
			*b = append(*b, in)
		}
		return nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(result, &raw); err != nil {
		return err
	}
	for _, r := range raw {
		var in incoming
		in.id, in.known, in.u, in.err = decode(r)
		*b = append(*b, in)
	}
	return nil
}

func usable(id *int64) bool { return id != nil && *id >= 0 && *id < 1<<53 }
