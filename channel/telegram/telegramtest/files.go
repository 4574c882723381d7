package telegramtest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // photos may be GIF
	_ "image/jpeg" // photos may be JPEG
	_ "image/png"  // photos may be PNG
	"net/http"
	"strings"
)

// storedFile is an upload that a bot may send again by its id.
type storedFile struct {
	id, path      string
	bot           *Bot
	data          []byte
	width, height int
}

// Limits of photos: https://core.telegram.org/bots/api#sendphoto
const (
	maxPhoto     = 10 << 20 // bytes
	maxPhotoSide = 10_000   // width and height together
	maxPhotoTilt = 20       // longer side to shorter side
)

// photo takes a file uploaded under field, attach://name, or a file_id.
// https://core.telegram.org/bots/api#sending-files
func (s *Server) photo(c *call, field, ref string) (*storedFile, error) {
	if up, ok := c.args.files[field]; ok {
		return s.store(c.bot, up.data)
	}
	if name, ok := strings.CutPrefix(ref, "attach://"); ok {
		up, ok := c.args.files[name]
		if !ok {
			return nil, badRequest("there is no photo in the request")
		}
		return s.store(c.bot, up.data)
	}
	switch {
	case ref == "":
		return nil, badRequest("there is no photo in the request")
	case strings.HasPrefix(ref, "http://") || strings.HasPrefix(ref, "https://"):
		return nil, badRequest("failed to get HTTP URL content") // this fake fetches nothing
	}
	f := s.files[ref]
	if f == nil || f.bot != c.bot { // "file_id is unique for each individual bot"
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	}
	return f, nil
}

func (s *Server) store(bot *Bot, data []byte) (*storedFile, error) {
	if len(data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	if len(data) > maxPhoto {
		return nil, badRequest("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(data), maxPhoto)
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, badRequest("IMAGE_PROCESS_FAILED")
	}
	w, h := cfg.Width, cfg.Height
	if w < 1 || h < 1 || w+h > maxPhotoSide || w > h*maxPhotoTilt || h > w*maxPhotoTilt {
		return nil, badRequest("PHOTO_INVALID_DIMENSIONS")
	}
	n := s.nextSerial()
	f := &storedFile{
		id: fmt.Sprintf("AgACAgQAAxkB%d_%d", bot.id, n), path: fmt.Sprintf("photos/file_%d.%s", n, format),
		bot: bot, data: data, width: w, height: h,
	}
	s.files[f.id] = f
	return f, nil
}

func (f *storedFile) wire() wirePhoto {
	return wirePhoto{FileID: f.id, UniqueID: "u" + f.id[len("AgACAgQAAxkB"):], Width: f.width, Height: f.height, Size: len(f.data)}
}

// getFile: https://core.telegram.org/bots/api#getfile
func (s *Server) getFile(c *call) (any, error) {
	f := s.files[c.args.text("file_id")]
	if f == nil || f.bot != c.bot {
		return nil, badRequest("invalid file_id")
	}
	w := f.wire()
	return map[string]any{"file_id": w.FileID, "file_unique_id": w.UniqueID, "file_size": w.Size, "file_path": f.path}, nil
}

// serveFile answers /file/bot<token>/<file_path>.
func (s *Server) serveFile(w http.ResponseWriter, rest string) {
	token, path, _ := strings.Cut(rest, "/")
	bot := s.botOf(token)
	if bot == nil {
		s.write(w, refused(&refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"}))
		return
	}
	s.mu.Lock()
	var found *storedFile
	for _, f := range s.files {
		if f.bot == bot && f.path == path {
			found = f
		}
	}
	s.mu.Unlock()
	if found == nil {
		s.write(w, refused(&refusal{Code: http.StatusNotFound, Description: "Not Found"}))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(found.data) // the client may have gone
}

// File is the content of a file by its file_id, nil where there is none.
func (s *Server) File(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[id]; f != nil {
		return f.data
	}
	return nil
}
