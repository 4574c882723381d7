package main

import (
	"errors"
	"fmt"
	"time"

	"beaware/channel/telegram/telegramtest"
)

func (s site) person(id int64) (*telegramtest.User, error) {
	for _, u := range s.fake.Users() {
		if u.ID() == id {
			return u, nil
		}
	}
	return nil, fmt.Errorf("no person has id %d; /_fake/state lists them", id)
}

func (s site) place(ref string) (*telegramtest.Chat, error) {
	if c := s.chat(s.look(0, 0), ref); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no chat %q; /_fake/state lists them", ref)
}

func (s site) addPerson(o order) (any, error) {
	u := s.fake.AddUser(o.Language)
	return map[string]any{"id": u.ID(), "language": u.Language()}, nil
}

func (s site) addChannel(o order) (any, error) {
	if o.Name == "" {
		return nil, errors.New("name is empty")
	}
	var c *telegramtest.Chat
	switch o.Kind {
	case "", "channel":
		c = s.fake.AddChannel(o.Name)
	case "group":
		c = s.fake.AddGroup(o.Name)
	case "supergroup":
		c = s.fake.AddSupergroup(o.Name)
	default:
		return nil, fmt.Errorf("kind %q is none of channel, group, supergroup", o.Kind)
	}
	return map[string]any{"id": c.ID(), "ref": c.Ref()}, nil
}

func (s site) setStanding(o order) (any, error) {
	c, err := s.place(o.Chat)
	if err != nil {
		return nil, err
	}
	c.SetStanding(telegramtest.Standing{Status: o.Status, Post: o.Post, Edit: o.Edit, Delete: o.Delete})
	return done()
}

func (s site) say(o order) (any, error) {
	u, err := s.person(o.Person)
	if err != nil {
		return nil, err
	}
	if o.Chat == "" {
		return map[string]int{"message": u.SendTo(s.look(0, 0).Bot, o.Text)}, nil
	}
	c, err := s.place(o.Chat)
	if err != nil {
		return nil, err
	}
	if c.Kind() == "private" {
		return nil, errors.New("leave chat out to write to the bot in private")
	}
	return map[string]int{"message": u.Say(c, o.Text)}, nil
}

func (s site) press(o order) (any, error) {
	u, err := s.person(o.Person)
	if err != nil {
		return nil, err
	}
	c := u.PrivateWith(s.look(0, 0).Bot)
	if o.Chat != "" {
		if c, err = s.place(o.Chat); err != nil {
			return nil, err
		}
	}
	var p *telegramtest.Press
	if o.Button != "" {
		p, err = u.PressIn(c, o.Button)
	} else {
		p, err = u.PressData(c, o.Message, o.Data)
	}
	if err != nil {
		return nil, err
	}
	return map[string]string{"query": p.ID()}, nil
}

func (s site) block(o order) (any, error) {
	u, err := s.person(o.Person)
	if err != nil {
		return nil, err
	}
	if o.Blocked {
		u.Block()
	} else {
		u.Unblock()
	}
	return done()
}

func (s site) fail(o order) (any, error) {
	for _, e := range telegramtest.Effects() {
		if string(e) == o.Do {
			s.fake.Fail(telegramtest.Fault{
				Method: o.Method, Chat: o.Chat, Skip: o.Skip, Times: o.Times, Do: e, Delay: time.Duration(o.DelayMS) * time.Millisecond,
				RetryAfter: o.RetryAfter, Code: o.Code, Description: o.Description,
			})
			return done()
		}
	}
	return nil, fmt.Errorf("do %q is none of %s", o.Do, telegramtest.Effects())
}

func (s site) clear(order) (any, error) {
	s.fake.ClearFaults()
	return done()
}

func (s site) advance(o order) (any, error) {
	s.fake.Advance(time.Duration(o.Seconds) * time.Second)
	return done()
}

func (s site) limits(o order) (any, error) {
	if o.On {
		s.fake.SetLimits(telegramtest.RealLimits())
	} else {
		s.fake.SetLimits(telegramtest.Limits{})
	}
	return done()
}
