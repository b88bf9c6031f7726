package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"assay/internal/access"
	"assay/internal/fault"
)

type userCommand struct {
	Add      userAdd      `cmd:"" help:"Add a person."`
	List     userList     `cmd:"" help:"List people."`
	Password userPassword `cmd:"" help:"Set a person's password."`
	Disable  userDisable  `cmd:"" help:"Shut a person out; what they did is kept."`
	Key      userKey      `cmd:"" help:"Make an API key; the secret is printed once."`
}

type userAdd struct {
	storage
	Email    string `arg:"" help:"E-mail address, to sign in with."`
	Name     string `required:"" help:"Name as colleagues see it."`
	Role     string `required:"" enum:"admin,reviewer,holder,seller,partner" help:"admin, reviewer, holder, seller or partner."`
	Org      string `help:"Rights holder's or seller's id, for these roles." placeholder:"ID"`
	Language string `help:"en, ko, zh or it." enum:"en,ko,zh,it" default:"en"`
	JSON     bool   `help:"Print the account as JSON."`
}

func (*userAdd) Help() string {
	return `The password is read from standard input, or asked for; an empty line makes
one and prints it.

Example:
  assay user add minji@example.com --name "Minji" --role reviewer --language ko`
}

func (u *userAdd) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return u.with(ctx, log, func(a *app) error {
		password, made, err := askPassword(c)
		if err != nil {
			return err
		}
		acc, err := a.gate.NewAccount(ctx, access.Account{Email: u.Email, Name: u.Name, Role: access.Role(u.Role), OrgID: u.Org, Language: u.Language}, password)
		if err != nil {
			return err
		}
		if u.JSON {
			return json.NewEncoder(c.out).Encode(acc)
		}
		_, _ = fmt.Fprintf(c.out, "added %s (%s) as %s\n", acc.Email, acc.ID, acc.Role)
		if made {
			_, _ = fmt.Fprintf(c.out, "password: %s\n", password)
		}
		return nil
	})
}

// with opens the program for one small task, quietly.
func (s storage) with(ctx context.Context, log *slog.Logger, do func(*app) error) error {
	a, err := s.open(ctx, tuning{MigrateAtStart: true}, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return do(a)
}

type userList struct {
	storage
	JSON bool `help:"Print as JSON."`
}

func (u *userList) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return u.with(ctx, log, func(a *app) error {
		list, err := a.store.Accounts(ctx)
		if err != nil {
			return err
		}
		if u.JSON {
			return json.NewEncoder(c.out).Encode(list)
		}
		t := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		for _, acc := range list {
			state := "active"
			if acc.Disabled {
				state = "disabled"
			}
			_, _ = fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", acc.Email, acc.Name, acc.Role, acc.OrgID, state)
		}
		return t.Flush()
	})
}

type userPassword struct {
	storage
	Email string `arg:"" help:"E-mail address."`
}

func (u *userPassword) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return u.with(ctx, log, func(a *app) error {
		acc, err := a.store.AccountByEmail(ctx, strings.ToLower(u.Email))
		if err != nil {
			return err
		}
		password, made, err := askPassword(c)
		if err != nil {
			return err
		}
		if err := a.gate.SetPassword(ctx, acc.ID, password); err != nil {
			return err
		}
		if made {
			_, _ = fmt.Fprintf(c.out, "password: %s\n", password)
		}
		return nil
	})
}

type userDisable struct {
	storage
	Email string `arg:"" help:"E-mail address."`
}

func (u *userDisable) Run(ctx context.Context, log *slog.Logger) error {
	return u.with(ctx, log, func(a *app) error {
		acc, err := a.store.AccountByEmail(ctx, strings.ToLower(u.Email))
		if err != nil {
			return err
		}
		acc.Disabled = true
		_, err = a.gate.ChangeAccount(ctx, acc)
		return err
	})
}

type userKey struct {
	storage
	Name   string   `arg:"" help:"What the key is for."`
	Role   string   `default:"admin" enum:"admin,reviewer,holder,seller,partner" help:"Role the key acts in."`
	Org    string   `help:"Rights holder's or seller's id, for these roles." placeholder:"ID"`
	Scopes []string `help:"Permissions; all of the role when empty." placeholder:"listing:write,..."`
	JSON   bool     `help:"Print as JSON."`
}

func (*userKey) Help() string {
	return `Example:
  assay user key "catalogue import" --role admin --scopes listing:write,listing:read`
}

func (u *userKey) Run(ctx context.Context, c terminal, log *slog.Logger) error {
	return u.with(ctx, log, func(a *app) error {
		k := access.Key{Name: u.Name, Role: access.Role(u.Role), OrgID: u.Org, ActorID: "command line"}
		for _, s := range u.Scopes {
			k.Scopes = append(k.Scopes, access.Permission(s))
		}
		if len(k.Scopes) == 0 {
			k.Scopes = access.Granted(k.Role)
		}
		secret, k, err := a.gate.NewKey(ctx, k)
		if err != nil {
			return err
		}
		if u.JSON {
			return json.NewEncoder(c.out).Encode(map[string]any{"id": k.ID, "secret": secret, "role": k.Role, "scopes": k.Scopes})
		}
		_, err = fmt.Fprintf(c.out, "%s\n", secret)
		return err
	})
}

// askPassword reads a password without showing it; an empty one is made up.
func askPassword(c terminal) (password string, made bool, err error) {
	var line []byte
	if term.IsTerminal(int(os.Stdin.Fd())) {
		_, _ = fmt.Fprint(c.err, "Password (empty: make one): ")
		line, err = term.ReadPassword(int(os.Stdin.Fd()))
		_, _ = fmt.Fprintln(c.err)
	} else {
		line, err = bufio.NewReader(io.LimitReader(os.Stdin, 4096)).ReadBytes('\n')
		if err == io.EOF {
			err = nil
		}
	}
	if err != nil {
		return "", false, fault.Wrap(err, fault.Invalid, "the password could not be read")
	}
	if password = strings.TrimRight(string(line), "\r\n"); password != "" {
		return password, false, nil
	}
	return rand.Text(), true, nil
}
