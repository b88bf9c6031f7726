package console

import (
	"net/http"
	"slices"
	"time"

	"assay/internal/fault"
)

type settingsView struct {
	Zone  string
	Zones []string
	Now   time.Time
	Wrong map[string]*fault.Field
}

// settingsPage is what everybody chooses for himself.
func (c *Console) settingsPage(w http.ResponseWriter, r *http.Request) error {
	return c.showSettings(w, r, http.StatusOK, settingsView{Zone: who(r).Zone})
}

func (c *Console) showSettings(w http.ResponseWriter, r *http.Request, status int, v settingsView) error {
	v.Zones, v.Now = zones, c.today()
	if v.Zone == "" {
		v.Zone = "UTC"
	}
	if !slices.Contains(v.Zones, v.Zone) {
		v.Zones = append([]string{v.Zone}, v.Zones...)
	}
	return c.show(w, r, status, "settings", "settings.title", v)
}

func (c *Console) saveSettings(w http.ResponseWriter, r *http.Request) error {
	zone := r.PostFormValue("zone")
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" || len(zone) > 64 {
		return c.showSettings(w, r, http.StatusUnprocessableEntity, settingsView{Zone: who(r).Zone,
			Wrong: map[string]*fault.Field{"zone": {Path: "zone", Code: "bad_zone", Message: "give a time zone such as Asia/Seoul or Europe/Rome"}}})
	}
	if err := c.keepChoice(r.Context(), who(r).ID, "", zone); err != nil {
		return err
	}
	c.flashLater(r, flash{Kind: "pass", Key: "form.saved"})
	http.Redirect(w, r, "/settings", http.StatusSeeOther)
	return nil
}
