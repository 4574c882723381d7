package catalog

// Drafts tells whether any text, in any language, has not been reviewed.
func (c *Catalog) Drafts() bool {
	for _, l := range c.locales {
		for _, m := range l.own {
			if m.state != Reviewed {
				return true
			}
		}
	}
	return false
}
