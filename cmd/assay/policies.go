package main

import (
	"context"
	"slices"
	"time"

	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// inForce are the policies that the engine judges by: ids of versions.
type inForce struct {
	active  string
	shadows []string
}

// followPolicies puts a newly activated policy in force, and the shadows
// beside it, within a second.
func (a *app) followPolicies(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	now := inForce{active: a.engine.Policy().ID()}
	for {
		if all, err := a.store.Policies(ctx); err == nil {
			a.takePolicies(all, &now)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// takePolicies gives the engine what has changed. A version that cannot be
// read is reported once, and the one before stays in force.
func (a *app) takePolicies(all []verdict.Version, now *inForce) {
	var shadows []string
	for _, v := range all {
		if v.Shadow {
			shadows = append(shadows, v.ID)
		}
		if !v.Active || v.ID == now.active {
			continue
		}
		now.active = v.ID
		p, err := policy.Parse([]byte(v.Source))
		if err != nil {
			a.log.Error("the active policy cannot be used; the one before stays in force", "policy", v.ID, "error", err)
			continue
		}
		a.engine.SetPolicy(p)
		a.log.Info("policy in force", "policy", v.ID)
	}
	if slices.Equal(shadows, now.shadows) {
		return
	}
	now.shadows = shadows
	var beside []*policy.Policy
	for _, v := range all {
		if !v.Shadow {
			continue
		}
		p, err := policy.Parse([]byte(v.Source))
		if err != nil {
			a.log.Error("a shadow policy cannot be used", "policy", v.ID, "error", err)
			continue
		}
		beside = append(beside, p)
	}
	a.engine.SetShadows(beside)
	a.log.Info("policies that judge as shadows", "policies", shadows)
}
