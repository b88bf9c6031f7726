package console

import (
	"net/http"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
)

type accountsView struct {
	Accounts []access.Account
	Orgs     map[string]string // names by id
}

type accountView struct {
	Account  access.Account
	New      bool
	Roles    []choice
	Holders  []choice
	Sellers  []choice
	Wrong    map[string]*fault.Field
	Password map[string]*fault.Field
	Self     bool
}

func (c *Console) accountsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Store.Accounts(r.Context())
	if err != nil {
		return err
	}
	v := accountsView{Accounts: list, Orgs: map[string]string{}}
	for _, a := range list {
		name, err := c.orgName(r, a.Role, a.OrgID)
		if err != nil {
			return err
		}
		v.Orgs[a.OrgID] = name
	}
	return c.show(w, r, http.StatusOK, "accounts", "accounts.title", v)
}

func (c *Console) orgName(r *http.Request, role access.Role, id string) (string, error) {
	switch role {
	case access.Holder:
		h, err := maybe(c.Store.Holder(r.Context(), id))
		return h.Name, err
	case access.Seller:
		s, err := maybe(c.Store.Seller(r.Context(), id))
		return s.Name, err
	}
	return "", nil
}

func (c *Console) newAccount(w http.ResponseWriter, r *http.Request) error {
	return c.showAccount(w, r, http.StatusOK, accountView{New: true, Account: access.Account{Role: access.Reviewer}})
}

func (c *Console) accountPage(w http.ResponseWriter, r *http.Request) error {
	a, err := c.Store.Account(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.showAccount(w, r, http.StatusOK, accountView{Account: a})
}

func (c *Console) showAccount(w http.ResponseWriter, r *http.Request, status int, v accountView) error {
	for _, role := range access.Roles {
		v.Roles = append(v.Roles, choice{string(role), "enum.role." + string(role), role == v.Account.Role})
	}
	v.Self = v.Account.ID == who(r).ID
	title := "accounts.new"
	if !v.New {
		title = "accounts.edit"
	}
	return c.show(w, r, status, "account", title, v)
}

// accountForm reads the form. Only holders and sellers belong to somebody.
func accountForm(r *http.Request, a access.Account) access.Account {
	a.Name, a.Role = r.PostFormValue("name"), access.Role(r.PostFormValue("role"))
	a.OrgID, a.Language = "", r.PostFormValue("language")
	if a.Role == access.Holder || a.Role == access.Seller {
		a.OrgID = r.PostFormValue("org_id")
	}
	a.Disabled = r.PostFormValue("disabled") == "yes"
	return a
}

func (c *Console) createAccount(w http.ResponseWriter, r *http.Request) error {
	a := accountForm(r, access.Account{Email: r.PostFormValue("email")})
	a.Disabled = false
	made, err := c.Gate.NewAccount(r.Context(), a, r.PostFormValue("password"))
	if mendable(err) {
		return c.showAccount(w, r, http.StatusUnprocessableEntity, accountView{New: true, Account: a, Wrong: wrongOf(err, "email")})
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "accounts.created", Args: []any{made.Name}})
	http.Redirect(w, r, "/accounts", http.StatusSeeOther)
	return nil
}

func (c *Console) saveAccount(w http.ResponseWriter, r *http.Request) error {
	old, err := c.Store.Account(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	a := accountForm(r, old)
	_, err = c.Gate.ChangeAccount(r.Context(), a)
	if mendable(err) {
		return c.showAccount(w, r, http.StatusUnprocessableEntity, accountView{Account: a, Wrong: wrongOf(err, "role")})
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/accounts", http.StatusSeeOther)
	return nil
}

func (c *Console) savePassword(w http.ResponseWriter, r *http.Request) error {
	a, err := c.Store.Account(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	err = c.Gate.SetPassword(r.Context(), a.ID, r.PostFormValue("password"))
	if mendable(err) {
		return c.showAccount(w, r, http.StatusUnprocessableEntity, accountView{Account: a, Password: wrongOf(err, "password")})
	}
	if err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "accounts.password_set", Args: []any{a.Name}})
	http.Redirect(w, r, "/accounts", http.StatusSeeOther)
	return nil
}

// mendable reports errors that belong beside the fields of a form.
func mendable(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict)
}

// wrongOf sorts the problems of an error by field; one that names no field
// goes to the field given.
func wrongOf(err error, field string) map[string]*fault.Field {
	if list := fieldsOf(err); len(list) > 0 {
		return byPath(list)
	}
	return byPath([]fault.Field{{Path: field, Code: string(fault.CodeOf(err)), Message: safeMessage(err)}})
}

func byPath(list []fault.Field) map[string]*fault.Field {
	out := map[string]*fault.Field{}
	for i := range list {
		if path, _, _ := strings.Cut(list[i].Path, "["); out[path] == nil {
			out[path] = &list[i]
		}
	}
	return out
}
