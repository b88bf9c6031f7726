package screening

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/trial"
	"assay/internal/verdict"
)

// System is who acts where no person does.
var System = casefile.Actor{ID: "system", Name: "system"}

// act removes a listing without a person, where the policy may: its rule is
// marked automatic and people agreed with it often enough. What is drawn by
// lot is looked at all the same.
func (s *Service) act(ctx context.Context, o outcome, open *casefile.Case) (bool, error) {
	if s.Desk == nil {
		return false, nil
	}
	p := s.Engine.Policy()
	proof, proved, err := trial.Prove(ctx, s.Store, p, o.verdict, s.Now())
	if err != nil || !proved {
		return false, err
	}
	if err := s.put(ctx, o, listing.Held, open, true); err != nil {
		return false, err
	}
	c, err := s.Store.OpenCase(ctx, o.verdict.ListingID)
	if err != nil {
		return false, err
	}
	ruling := casefile.Ruling{Case: c, Automated: true, Answer: casefile.Answer{Outcome: verdict.Block, Reason: proof.Ground(), Version: c.Version}}
	judged, err := s.Desk.Rule(ctx, []casefile.Ruling{ruling}, System)
	if err != nil {
		return false, err
	}
	data, err := json.Marshal(map[string]any{"decision": judged[0].Decision.ID, "rule": proof.Rule, "print": proof.Print, "decided": proof.Precision.Decided,
		"confirmed": proof.Precision.Confirmed, "low": proof.Precision.Low, "limit": p.Automation().Precision})
	if err != nil {
		return false, err
	}
	if _, err := s.Store.Append(ctx, ledger.Entry{At: s.Now(), Actor: System.ID, Kind: "rule.acted", Subject: c.ID, Data: data}); err != nil {
		return false, err
	}
	return true, s.sample(ctx, o, judged[0].Decision.ID, p.Automation().SampleBlocks)
}

// sample opens a case about a decision of the policy when the lot falls on it.
func (s *Service) sample(ctx context.Context, o outcome, decisionID string, share float64) error {
	if !trial.Drawn(o.verdict, share) {
		return nil
	}
	if _, err := s.Store.OpenCaseOf(ctx, o.verdict.ListingID, casefile.FromSample); !fault.Is(err, fault.NotFound) {
		return err // an earlier revision is being looked at already
	}
	c := s.caseOf(o)
	c.ID = uuid.NewSHA1(uuid.NameSpaceOID, []byte("sample\x00"+o.verdict.ID)).String()
	c.Source, c.AppealOf = casefile.FromSample, decisionID
	if c.Reason == "" {
		c.Reason = "sample"
	}
	return s.receive(ctx, c, o)
}
