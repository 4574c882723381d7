package telegram

// How a shard of the trail keeps its blocks. The caller holds its lock.

func (s *trailShard) at(p uint32) *block { return &s.chunks[(p-1)/trailChunk][(p-1)%trailChunk] }

// head is a chat's newest block, made where there is none.
func (s *trailShard) head(key uint64) uint32 {
	p := s.newest[key]
	if p == 0 {
		p = s.make()
		s.at(p).blocks = 1
		s.newest[key] = p
	}
	return p
}

func (s *trailShard) make() uint32 {
	if p := s.free; p != 0 {
		s.free = s.at(p).older
		*s.at(p) = block{}
		return p
	}
	if int(s.made) == len(s.chunks)*trailChunk {
		s.chunks = append(s.chunks, make([]block, trailChunk))
	}
	s.made++
	return s.made
}

// erase frees a block and gives the one that was behind it.
func (s *trailShard) erase(p uint32) (older uint32) {
	older = s.at(p).older
	*s.at(p) = block{older: s.free}
	s.free = p
	return older
}

func (s *trailShard) add(key uint64, n note) {
	p := s.head(key)
	for q := p; q != 0; q = s.at(q).older {
		for _, known := range s.at(q).notes {
			if known.id == n.id {
				return
			}
		}
	}
	b := s.at(p)
	for i := range b.notes {
		if b.notes[i].id == 0 {
			b.notes[i] = n
			return
		}
	}
	q := s.make()
	b = s.at(p)
	*s.at(q) = block{notes: [3]note{n}, older: p, screen: b.screen, shown: b.shown, resume: b.resume, blocks: b.blocks + 1}
	b.screen, b.shown, b.resume, b.blocks = 0, 0, 0, 0
	s.newest[key] = q
	if s.at(q).blocks > maxBlocks {
		s.cutOldest(q)
	}
}

func (s *trailShard) cutOldest(p uint32) {
	s.at(p).blocks--
	for s.at(s.at(p).older).older != 0 {
		p = s.at(p).older
	}
	s.erase(s.at(p).older)
	s.at(p).older = 0
}

// tidy erases what is too old of one chat, and the chat itself when nothing is left.
func (s *trailShard) tidy(key uint64, newest uint32, now int64) {
	head := s.at(newest)
	if !fresh(int64(head.shown), now) {
		head.resume, head.shown = 0, 0
	}
	for before, p := uint32(0), newest; p != 0; {
		b, left := s.at(p), false
		for i := range b.notes {
			if b.notes[i].id != 0 && !fresh(int64(b.notes[i].at), now) {
				if b.notes[i].id == head.screen {
					head.screen = 0
				}
				b.notes[i] = note{}
			}
			left = left || b.notes[i].id != 0
		}
		if left || p == newest {
			before, p = p, b.older
			continue
		}
		head.blocks--
		p = s.erase(p)
		s.at(before).older = p
	}
	if head.resume == 0 && head.older == 0 && head.notes == [3]note{} {
		s.erase(newest)
		delete(s.newest, key)
	}
}
