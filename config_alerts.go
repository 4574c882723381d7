package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"beaware/alert"
)

// AlertsConfig says who of the staff is told when something needs a person. Each way is optional.
type AlertsConfig struct {
	Telegram string        `toml:"telegram"` // id of the [[telegram]] that writes to the staff's chat
	Chat     string        `toml:"chat"`     // "@name" or the number of that chat
	Late     string        `toml:"late"`     // how late a post is worth an alert: "1h"; empty or "0": never
	Days     int           `toml:"days"`     // how long before a window missing texts are told; 7 when absent
	Mail     MailConfig    `toml:"mail"`
	Webhook  WebhookConfig `toml:"webhook"`
}

// MailConfig is the mail server and the people who are told.
type MailConfig struct {
	Host         string   `toml:"host"`
	Port         int      `toml:"port"` // the usual one of tls when absent
	TLS          string   `toml:"tls"`  // "starttls" (the default), "tls" or "none"
	From         string   `toml:"from"`
	To           []string `toml:"to"`
	Username     string   `toml:"username"`
	PasswordEnv  string   `toml:"password_env"`
	PasswordFile string   `toml:"password_file"`
}

// WebhookConfig is an address that takes JSON. Its path may be a secret, so it may come from elsewhere too.
type WebhookConfig struct {
	URL        string `toml:"url"`
	URLEnv     string `toml:"url_env"`
	URLFile    string `toml:"url_file"`
	Header     string `toml:"header"` // header that carries the secret
	SecretEnv  string `toml:"secret_env"`
	SecretFile string `toml:"secret_file"`
}

// alerts finds what is wrong with [alerts].
func (f *faults) alerts() {
	a := f.c.Alerts
	if a.Telegram != "" && f.c.bot(a.Telegram) == nil {
		f.add(f.c.pos("alerts", "telegram"), "there is no [[telegram]] with id %q", a.Telegram)
	}
	if (a.Telegram == "") != (a.Chat == "") || a.Chat != "" && !chat.MatchString(a.Chat) {
		f.add(f.c.pos("alerts"), `alerts to a chat need both telegram, a bot's id, and chat, as "@name" or the chat's number`)
	}
	if _, err := a.late(); err != nil {
		f.add(f.c.pos("alerts", "late"), `late %q is not a time; write it as "1h" or "30m"`, a.Late)
	}
	if a.Days < 0 || a.Days > 60 {
		f.add(f.c.pos("alerts", "days"), "days must be from 1 to 60")
	}
	if a.Mail.Host != "" && len(a.Mail.To) == 0 {
		f.add(f.c.pos("alerts", "mail"), "alerts by mail need an address in to")
	}
	for _, pair := range [][2]string{
		{a.Mail.PasswordEnv, a.Mail.PasswordFile}, {a.Webhook.URLEnv, a.Webhook.URLFile}, {a.Webhook.SecretEnv, a.Webhook.SecretFile},
	} {
		if pair[0] != "" && (pair[1] != "" || !variable.MatchString(pair[0])) {
			f.add(f.c.pos("alerts"), "a secret comes from an environment variable, named in ..._env, or from a file, named in ..._file, not both")
		}
	}
}

func (a AlertsConfig) late() (time.Duration, error) {
	if a.Late == "" || a.Late == "0" {
		return 0, nil
	}
	d, err := time.ParseDuration(a.Late)
	if err == nil && d < 0 {
		err = errors.New("negative")
	}
	return d, err
}

// secret reads a secret from an environment variable or a file. No error repeats either name, which may be the secret itself in
// the wrong place.
func (c *Config) secret(what, env, file string) (string, error) {
	if file != "" {
		data, err := os.ReadFile(c.path(file))
		var where *fs.PathError
		if errors.As(err, &where) {
			err = where.Err
		}
		if err != nil {
			return "", fmt.Errorf("%s: read the file: %w", what, err)
		}
		return strings.TrimSpace(string(data)), nil
	}
	value := strings.TrimSpace(os.Getenv(env))
	if value == "" {
		return "", fmt.Errorf("%s: the environment variable is empty", what)
	}
	return value, nil
}

// sinks makes the ways to tell staff, by the name that logs give them.
func (d *daemon) sinks() (map[string]alert.Sink, error) {
	c, sinks := d.in.config, map[string]alert.Sink{}
	if a := c.Alerts; a.Chat != "" {
		ch, err := d.clients[a.Telegram].Channel("staff-chat", a.Chat)
		if err != nil {
			return nil, fmt.Errorf("alerts to a chat: %w", err)
		}
		sinks["chat"] = alert.Through(ch)
	}
	if err := c.mailSinks(sinks); err != nil {
		return nil, err
	}
	return sinks, c.webhookSink(sinks)
}

func (c *Config) mailSinks(sinks map[string]alert.Sink) (err error) {
	m := c.Alerts.Mail
	if m.Host == "" {
		return nil
	}
	password := ""
	if m.PasswordEnv+m.PasswordFile != "" {
		if password, err = c.secret("password of the mail server", m.PasswordEnv, m.PasswordFile); err != nil {
			return err
		}
	}
	for i, to := range m.To {
		sink, err := alert.NewMail(alert.MailOptions{Host: m.Host, Port: m.Port, TLS: alert.Encryption(m.TLS),
			From: m.From, To: to, Username: m.Username, Password: password})
		if err != nil {
			return fmt.Errorf("alerts by mail: %w", err)
		}
		sinks[fmt.Sprintf("mail-%d", i+1)] = sink
	}
	return nil
}

func (c *Config) webhookSink(sinks map[string]alert.Sink) (err error) {
	w := c.Alerts.Webhook
	address := w.URL
	if w.URLEnv+w.URLFile != "" {
		if address, err = c.secret("address of the webhook", w.URLEnv, w.URLFile); err != nil {
			return err
		}
	}
	if address == "" {
		return nil
	}
	secret := ""
	if w.SecretEnv+w.SecretFile != "" {
		if secret, err = c.secret("secret of the webhook", w.SecretEnv, w.SecretFile); err != nil {
			return err
		}
	}
	sink, err := alert.NewWebhook(alert.WebhookOptions{URL: address, Header: w.Header, Secret: secret})
	if err != nil {
		return fmt.Errorf("alerts to a webhook: %w", err)
	}
	sinks["webhook"] = sink
	return nil
}
