package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"beaware/channel/telegram/telegramtest"
	"beaware/outbox"
)

// Marked values. Each may stand nowhere but where it was put.
const (
	markedToken = "987654321:MARKEDtoken-0123456789_abcdefghijkl"
	markedOther = "987650000:MARKEDother-0123456789_abcdefghijkl" // nobody's
	markedName  = "MarkedFirstName"
	markedNick  = "marked_nick"
	markedWords = "marked words of a person"
	markedData  = "marked-data-77"
	markedQuery = "marked-query-88"
	markedID    = 5551112223334
)

// leaks holds that none of the marks stands in what was written.
func leaks(t *testing.T, where, written string, marks []string) {
	t.Helper()
	for _, m := range marks {
		if i := strings.Index(written, m); i >= 0 {
			t.Errorf("%s holds %q: ...%q...", where, m, written[max(0, i-150):min(len(written), i+len(m)+50)])
		}
	}
}

func tokenForms(token string) []string {
	_, secret, _ := strings.Cut(token, ":")
	return []string{token, secret, url.QueryEscape(token)}
}

// TestNothingMarkedIsWritten sends marked values through all paths, the bad ones above all, with the log at its most
// talkative, and then reads everything that was written.
func TestNothingMarkedIsWritten(t *testing.T) {
	t.Parallel()
	fake := telegramtest.Start(t, telegramtest.Options{Tokens: []string{markedToken}})
	config, chats := spoiltChannels(t, fake)
	fake.Fail(telegramtest.Fault{Method: "setMyDescription", Do: telegramtest.Refuse, Code: 400, Description: "Bad Request: " + markedToken})
	fake.Fail(telegramtest.Fault{Method: "getUpdates", Do: telegramtest.Refuse, Code: 502, Description: "Bad Gateway: bot" + markedToken})
	a := awake(t, config)
	person := fake.AddUser("sq")
	strange(t, fake, person)
	browse(a)

	eventually(t, "every post was tried and every update was confirmed", func() bool {
		r, err := a.report()
		sum := r.totals()
		return err == nil && sum[outbox.Sent] > 0 && sum[outbox.Planned]+sum[outbox.Claimed]+sum[outbox.Sending] == 0 && fake.Bot().Pending() == 0
	})
	_, metrics := a.do("GET", "/metrics", "")
	report, err := a.report()
	if err != nil {
		t.Fatal(err)
	}
	a.stop()
	said := []said{beaware(t, "", config, "status"), beaware(t, "", config, "status", "--json")}

	marks := []string{markedName, markedNick, markedWords, markedData, markedQuery, strconv.Itoa(markedID), strconv.FormatInt(person.ID(), 10)}
	marks = append(append(marks, tokenForms(markedToken)...), tokenForms(markedOther)...)
	var public []string // names that readers know: they may be in the address of a post, in the store
	for _, c := range chats {
		if name, ok := strings.CutPrefix(c.Ref(), "@"); ok {
			public = append(public, name)
		}
		marks = append(marks, strconv.FormatInt(c.ID(), 10), strings.TrimPrefix(strconv.FormatInt(c.ID(), 10), "-100"))
	}
	hidden := append(append([]string{}, marks...), public...)
	leaks(t, "the log", a.log.String(), hidden)
	leaks(t, "the output", a.out.String(), hidden)
	leaks(t, "/metrics", metrics, hidden)
	leaks(t, "the control socket", fmt.Sprintf("%+v", report), hidden)
	leaks(t, "status", fmt.Sprintf("%+v", said), hidden)
	for name, data := range files(t, filepath.Join(filepath.Dir(config), "data")) {
		leaks(t, name, data, marks)
	}
	for _, word := range []string{"[token]", "[chat]", "[number]"} { // else the faults did not come as far as the log
		if !strings.Contains(a.log.String(), word) {
			t.Errorf("the log has no %s", word)
		}
	}
	if t.Failed() {
		t.Log(a.log.String())
	}
}

// spoiltChannels is an installation whose every channel meets another fault, told in words that repeat its token and chat.
func spoiltChannels(t *testing.T, fake *telegramtest.Server) (config string, chats []*telegramtest.Chat) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	other := filepath.Join(t.TempDir(), "token")
	for path, token := range map[string]string{file: markedToken, other: markedOther} {
		if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[publish]\ngate = \"warn\"\n[[office]]\nid = \"al\"\ncountry = \"AL\"\nzone = \"Europe/Tirane\"\nlanguages = [\"sq\"]\n")
	fmt.Fprintf(&b, "[[telegram]]\nid = \"help\"\napi = %q\ntoken_file = %q\n", fake.URL, file)
	fmt.Fprintf(&b, "[[telegram]]\nid = \"lost\"\napi = %q\ntoken_file = %q\n", fake.URL, other)
	add := func(bot string, c *telegramtest.Chat, chat string) {
		chats = append(chats, c)
		fmt.Fprintf(&b, "[[channel]]\nid = \"c%d\"\noffice = \"al\"\nkind = \"telegram\"\ntelegram = %q\nchat = %q\n", len(chats), bot, chat)
	}
	for i, f := range []telegramtest.Fault{
		{Do: telegramtest.Slow},
		{Do: telegramtest.Refuse, Code: 400, Description: "Bad Request: chat not found"},
		{Do: telegramtest.Refuse, Code: 400, Description: "Bad Request: nobody knows why"},
		{Do: telegramtest.Refuse, Code: 401, Description: "Unauthorized"},
		{Do: telegramtest.Refuse, Code: 403, Description: "Forbidden: bot is not a member of"},
		{Do: telegramtest.Refuse, Code: 500, Description: "Internal Server Error"},
		{Do: telegramtest.TooMany, RetryAfter: 60},
		{Do: telegramtest.BadGateway},
		{Do: telegramtest.ResetBefore},
		{Do: telegramtest.ResetAfter},
		{Do: telegramtest.ResetMidReply},
		{Do: telegramtest.WrongJSON},
		{Do: telegramtest.NoMessageID},
	} {
		public := fake.AddChannel(fmt.Sprintf("@marked_channel_%d", i))
		private := fake.AddChannel(fmt.Sprintf("Marked title %d", i))
		for _, c := range []*telegramtest.Chat{public, private} {
			f := f
			f.Method, f.Chat, f.Times = "sendMessage", c.Ref(), -1
			f.Description += fmt.Sprintf(" %s %d bot%s/sendMessage %s", c.Ref(), c.ID(), markedToken, url.QueryEscape(markedToken))
			fake.Fail(f)
			add("help", c, c.Ref())
		}
	}
	lost := fake.AddChannel("@marked_lost")
	add("lost", lost, lost.Ref())
	return configured(t, b.String()), chats
}

// strange is what people and hostile programs send to a bot.
func strange(t *testing.T, fake *telegramtest.Server, person *telegramtest.User) {
	t.Helper()
	person.Send("/start " + markedQuery)
	person.Send(markedWords)
	from := fmt.Sprintf(`"from":{"id":%d,"first_name":%q,"username":%q,"language_code":"sq"}`, markedID, markedName, markedNick)
	chat := fmt.Sprintf(`"chat":{"id":%d,"type":"private","first_name":%q}`, markedID, markedName)
	for _, u := range []struct{ kind, body string }{
		{"message", fmt.Sprintf(`{"message_id":1,"date":1,%s,%s,"text":%q}`, from, chat, markedWords)},
		{"message", fmt.Sprintf(`{"message_id":1,"date":1,%s,%s,"text":%q}`, from, chat, "/start@"+markedNick+" "+markedWords)},
		{"message", fmt.Sprintf(`{"message_id":%q,"date":1,%s,%s,"text":7}`, markedWords, from, chat)},
		{"message", fmt.Sprintf(`[%q]`, markedWords)},
		{"message", fmt.Sprintf(`{"message_id":1,"date":1,%s,%s,"contact":{"phone_number":%q}}`, from, chat, markedWords)},
		{"callback_query", fmt.Sprintf(`{"id":"q1",%s,"data":%q,"message":{"message_id":9,"date":1,%s}}`, from, markedData, chat)},
		{"callback_query", fmt.Sprintf(`{"id":"q2",%s,"data":%q,"message":{"message_id":9,"date":1,%s}}`, from, strings.Repeat(markedData, 9), chat)},
		{"callback_query", fmt.Sprintf(`{"id":"q3",%s,"data":%q}`, from, markedData)},
		{"callback_query", fmt.Sprintf(`%q`, markedData)},
		{"my_chat_member", fmt.Sprintf(`{%s,"chat":{"id":-100%d,"type":%q,"title":%q},"new_chat_member":{"status":%q}}`, from, markedID, markedWords, markedName, markedWords)},
	} {
		fake.Bot().PushUpdate(u.kind, []byte(u.body))
	}
	eventually(t, "the bot has shown a screen", func() bool { m, ok := person.Last(); return ok && m.FromBot })
	for _, m := range person.Messages() {
		if m.FromBot {
			if _, err := person.PressData(person.Private(), m.ID, markedData); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// browse is what visitors and hostile programs send to the pages.
func browse(a *alive) {
	a.t.Helper()
	q := url.QueryEscape(markedQuery)
	headers := []string{"User-Agent", markedName, "Referer", "https://example.org/" + markedQuery, "Accept-Language", markedNick + ", " + markedQuery,
		"Cookie", "c=" + markedWords, "X-Forwarded-For", markedQuery, "If-None-Match", markedQuery}
	for _, path := range []string{
		"/?lang=" + q, "/?office=" + q, "/chat?lang=sq&start=" + q, "/chat?start=sq_" + q, "/posts/c1/" + q, "/posts/" + q + "/x", "/feeds/" + q + ".atom", "/feeds/c1/" + q,
		"/media/c1/" + q, "/assets/" + q, "/" + q, "/status?" + q, "/metrics?" + q, "/bot" + markedToken + "/getMe", "/%ff%00" + q,
	} {
		a.do("GET", path, "", headers...)
	}
	form := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	for _, body := range []string{
		"d=" + markedData + "&lang=sq", "d=" + strings.Repeat(markedData, 50), "lang=" + q, "d=%zz" + markedData, "d=%ff" + markedData, markedWords,
		"d=1|sq|" + markedData + "&lang=" + markedWords, strings.Repeat(markedWords, 10000),
	} {
		a.do("POST", "/chat?"+q, body, form...)
	}
	a.do("POST", "/chat", markedWords, "Content-Type", "text/"+markedQuery)
	a.do("POST", "/chat", markedWords, "Content-Type", "multipart/form-data; boundary="+markedQuery)
	a.do("MARKED", "/chat?"+q, markedWords, headers...)
	a.do("PUT", "/"+q, markedWords, headers...)
}

// files reads all files below a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		all[d.Name()] = string(data)
		return err
	})
	if err != nil || len(all["beaware.db"]) == 0 {
		t.Errorf("the store was not read: %v", err)
	}
	return all
}

// TestTokenInAWrongField is not repeated by any command.
func TestTokenInAWrongField(t *testing.T) {
	t.Parallel()
	const office = "[[office]]\nid = \"al\"\ncountry = \"AL\"\nzone = \"Europe/Tirane\"\nlanguages = [\"sq\"]\n"
	const bot = office + "[[telegram]]\nid = \"help\"\n"
	const place = "[[channel]]\nid = \"c\"\noffice = \"al\"\n"
	file := func(content string) string {
		name := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for i, text := range []string{
		bot + "token = %q\n",
		bot + "token_env = %q\n",
		bot + "token_env = \"\"\ntoken_file = %q\n",
		bot + "token_env = \"X\"\nusername = %q\n",
		bot + "token_env = \"X\"\napi = %q\n",
		bot + "token_env = [%q]\n",
		bot + "%q = 1\n",
		bot + "token_env = \"%s\n",
		bot + "token_env = %s\n",
		office + "[[telegram]]\nid = %q\ntoken_env = \"X\"\n",
		office + place + "kind = %q\n",
		office + place + "kind = \"telegram\"\ntelegram = %q\n",
		office + place + "kind = \"telegram\"\ntelegram = \"help\"\nchat = %q\n",
		office + place + "kind = \"feed\"\nchat = %q\n",
		office + "[web]\nlisten = %q\n",
		office + "[content]\ndir = %q\n",
		office + "[publish]\ngate = %q\n",
		"[[office]]\nid = %q\ncountry = \"AL\"\nzone = \"Europe/Tirane\"\nlanguages = [\"sq\"]\n",
		"[[office]]\nid = \"al\"\ncountry = \"AL\"\nzone = %q\nlanguages = [\"sq\"]\n",
		"[[office]]\nid = \"al\"\ncountry = %q\nzone = \"Europe/Tirane\"\nlanguages = [\"sq\"]\n",
		office + place + "kind = \"feed\"\nlanguages = [%q]\n",
	} {
		// Only the shipped content knows countries and languages; the others need none, which is faster.
		if !strings.Contains(text, "[content]") && !strings.Contains(text, "country = %q") && !strings.Contains(text, "languages = [%q]") {
			text = "[content]\ndir = \".\"\n" + text
		}
		config := configured(t, fmt.Sprintf(text, markedToken))
		for _, folder := range []string{"content", "locales"} { // empty: it is not about them
			if err := os.Mkdir(filepath.Join(filepath.Dir(config), folder), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		commands := []string{"check"}
		if i < 4 { // run prints the same findings
			commands = append(commands, "run")
		}
		for _, name := range commands {
			s := beaware(t, "", config, name)
			if s.code != failed || !strings.Contains(s.out+s.err, config+":") {
				t.Errorf("%s finds nothing wrong with\n%s", name, text)
			}
			leaks(t, fmt.Sprintf("%s of %q", name, text), s.out+s.err, tokenForms(markedToken))
		}
	}
	for _, text := range []string{
		bot + fmt.Sprintf("token_file = %q\n", file(markedToken+" and more")),
		bot + fmt.Sprintf("token_file = %q\n", file("")),
		bot + fmt.Sprintf("token_file = %q\n", t.TempDir()),
		bot + "token_file = \"MARKEDtoken-0123456789_abcdefghijkl\"\n",
		bot + "token_env = \"MARKEDtoken_0123456789_abcdefghijkl\"\n",
	} {
		s := beaware(t, "", configured(t, text), "run", "--listen", "127.0.0.1:0")
		if s.code != failed || !strings.Contains(s.err, "telegram bot help") {
			t.Errorf("exit %d, %q of\n%s", s.code, s.err, text)
		}
		leaks(t, text, s.out+s.err, []string{"MARKEDtoken"})
	}
}
