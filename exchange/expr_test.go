package exchange

import (
	"fmt"
	"strconv"
	"strings"
)

// parseExpr reads the C expression of a Plural-Forms header, as gettext does.
func parseExpr(header string) (func(n int) int, error) {
	_, src, ok := strings.Cut(header, "plural=")
	if !ok {
		return nil, fmt.Errorf("%q has no expression", header)
	}
	p := &exprParser{src: strings.ReplaceAll(strings.TrimSuffix(src, ";"), " ", "")}
	e, err := p.choice()
	if err == nil && p.src != "" {
		err = fmt.Errorf("%q is left of %q", p.src, header)
	}
	return e, err
}

type exprParser struct{ src string }

type expr = func(n int) int

func (p *exprParser) take(op string) bool {
	rest, ok := strings.CutPrefix(p.src, op)
	if ok {
		p.src = rest
	}
	return ok
}

func (p *exprParser) choice() (expr, error) {
	cond, err := p.binary(0)
	if err != nil || !p.take("?") {
		return cond, err
	}
	yes, err := p.choice()
	if err != nil {
		return nil, err
	}
	if !p.take(":") {
		return nil, fmt.Errorf(`":" is missing before %q`, p.src)
	}
	no, err := p.choice()
	return func(n int) int {
		if cond(n) != 0 {
			return yes(n)
		}
		return no(n)
	}, err
}

var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {">=", "<="}, {"%"}}

func (p *exprParser) binary(level int) (expr, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op := ""
		for _, o := range levels[level] {
			if op == "" && p.take(o) {
				op = o
			}
		}
		if op == "" {
			return left, nil
		}
		var right expr
		right, err = p.binary(level + 1)
		a := left
		left = func(n int) int { return apply(op, a(n), right(n)) }
	}
	return nil, err
}

func apply(op string, a, b int) int {
	truth := map[string]bool{"||": a != 0 || b != 0, "&&": a != 0 && b != 0, "==": a == b, "!=": a != b, ">=": a >= b, "<=": a <= b}
	switch {
	case op == "%":
		return a % b
	case truth[op]:
		return 1
	}
	return 0
}

func (p *exprParser) unary() (expr, error) {
	switch {
	case p.take("!"):
		e, err := p.unary()
		return func(n int) int { return apply("==", e(n), 0) }, err
	case p.take("("):
		e, err := p.choice()
		if err == nil && !p.take(")") {
			err = fmt.Errorf(`")" is missing before %q`, p.src)
		}
		return e, err
	case p.take("n"):
		return func(n int) int { return n }, nil
	}
	digits := len(p.src) - len(strings.TrimLeft(p.src, "0123456789"))
	v, err := strconv.Atoi(p.src[:digits])
	p.src = p.src[digits:]
	return func(int) int { return v }, err
}
