"""Writes the golden cases of the grader, test/fixtures/grading/golden.jsonl.

Expected verdicts come from how a case is made, never from the grader: fractions and integers by Python's exact arithmetic,
identities between formulas proved (and wrong ones refuted) by SymPy, everything else written down by hand.

    pip install sympy==1.14.0 && python scripts/grading/make_golden.py
"""

import json
import random
from fractions import Fraction
from pathlib import Path

import sympy as sp

RANDOM = random.Random(20261121)
TARGET = Path(__file__).parents[2] / "test/fixtures/grading/golden.jsonl"
x, y, n, a, b = sp.symbols("x y n a b")
CASES = []


def case(family, gold, answer, verdict, reason, options=None, boxed=True):
    text = f"\\boxed{{{answer}}}" if boxed else answer
    entry = {"family": family, "gold": gold, "answer": text, "verdict": verdict, "reason": reason}
    if options:
        entry["options"] = options
    CASES.append(entry)


def both(family, reason, *pairs):
    """Equal in both directions."""
    for gold, answer in pairs:
        case(family, gold, answer, "correct", reason)
        case(family, answer, gold, "correct", f"{reason}, the other way round")


def equal(family, reason, *pairs):
    for gold, answer in pairs:
        case(family, gold, answer, "correct", reason)


def differ(family, reason, *pairs):
    for gold, answer in pairs:
        case(family, gold, answer, "incorrect", reason)


def latex(value):
    return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"


def numbers():
    for digits in (1, 2, 5, 12, 19, 25, 40, 120):
        value = RANDOM.randrange(10 ** (digits - 1), 10**digits)
        differ("integers", f"one more, at {digits} digits", (str(value), str(value + 1)))
        equal("integers", "a sign twice taken back", (str(value), f"-(-{value})"))
        differ("integers", "the sign differs", (str(value), f"-{value}"))
        equal("thousands", "separators carry no value", (str(value), f"{value:,}")) if digits > 3 else None
    equal("integers", "another minus sign", ("-17", "−17"), ("-17", "–17"))
    equal("integers", "leading zeros or a plus carry no value", ("7", "007"), ("42", "+42"))
    equal("integers", "a full stop ends the sentence", ("7", "7."), ("12", "12 ."))
    both("integers", "the same sum", ("2+3", "5"), ("7\\cdot 8", "56"), ("6\\times 7", "42"), ("84/2", "42"))
    equal("integers", "a difference not worked out", ("99", "100-1"))
    differ("integers", "as a gold, two plain numbers joined by a hyphen are a range or a score", ("100-1", "99"))
    differ("integers", "digits in another order", ("12", "21"), ("407", "470"))
    differ("integers", "cut short", ("1234", "123"), ("1000", "100"))
    for value in (1234, 50123, 9876543, 123456789):
        spelled = f"{value:,}"
        both("thousands", "LaTeX comma", (str(value), spelled.replace(",", "{,}")))
        both("thousands", "thin space", (str(value), spelled.replace(",", "\\,")))
        both("thousands", "space between groups of three", (str(value), spelled.replace(",", " ")))
    differ("thousands", "in brackets a comma separates a pair", ("(1,234)", "1234"), ("\\{1,234\\}", "1234"))
    differ("thousands", "a comma and a space separate a list", ("1234", "1, 234"))
    for _ in range(14):
        value = Fraction(RANDOM.randrange(1, 400), RANDOM.choice([2, 4, 5, 8, 20, 25, 40, 125]))
        decimal = f"{float(value):.6f}".rstrip("0").rstrip(".")
        both("decimals", "a terminating decimal is its fraction", (f"{value.numerator}/{value.denominator}", decimal))
        differ("decimals", "off in the third decimal", (decimal, f"{float(value) + 0.003:.6f}"))
        equal("decimals", "trailing zeros carry no value", (decimal, f"{float(value):.8f}"))
    equal("decimals", "no digit before the point", ("0.5", ".5"), ("0.25", ".25"))
    both("decimals", "a period repeats for ever", ("0.\\overline{3}", "1/3"), ("0.1\\overline{6}", "1/6"), ("0.(27)", "3/11"), ("1.\\overline{142857}", "8/7"), ("0.\\overline{9}", "1"), ("0.\\dot{4}", "4/9"))
    equal("decimals", "six decimals are enough", ("1/3", "0.333333"), ("2/7", "0.285714"), ("\\pi", "3.141593"), ("\\sqrt{2}", "1.414214"))
    differ("decimals", "three decimals are too few", ("1/3", "0.333"), ("2/7", "0.286"), ("\\pi", "3.142"), ("\\sqrt{2}", "1.414"), ("2\\pi", "6.28"))
    differ("decimals", "small numbers count by their size", ("0.0000001", "0.0000002"), ("0.00004", "0.0000402"), ("0", "0.0000001"))


def fractions():
    for _ in range(18):
        value = Fraction(RANDOM.randrange(1, 90), RANDOM.randrange(2, 60))
        if value.denominator == 1:
            value += Fraction(1, 7)
        k = RANDOM.randrange(2, 12)
        case("fractions", latex(value), f"\\frac{{{value.numerator * k}}}{{{value.denominator * k}}}", "correct", f"extended by {k}")
        case("fractions", f"{value.numerator}/{value.denominator}", f"\\dfrac{{{value.numerator}}}{{{value.denominator}}}", "correct", "inline and display forms")
        case("fractions", latex(value), latex(value + Fraction(1, 101)), "incorrect", "1/101 too large")
        if value != 1:
            case("fractions", latex(value), latex(1 / value), "incorrect", "turned over")
    both("fractions", "where the minus stands does not matter", ("-\\frac{1}{2}", "\\frac{-1}{2}"), ("-\\frac{3}{7}", "\\frac{3}{-7}"))
    equal("fractions", "braces left out", ("\\frac{1}{2}", "\\frac12"), ("\\frac{3}{4}", "\\tfrac34"))
    equal("fractions", "a character for it", ("1/2", "½"), ("3/4", "¾"), ("3/2", "1½"))
    differ("fractions", "a large difference of exact fractions is none to round", (f"{10**20}/{10**20 + 1}", f"{10**20 + 1}/{10**20 + 2}"))
    both("fractions", "a complex fraction", ("\\frac{\\frac{1}{2}}{3}", "\\frac16"), ("\\frac{1}{1+\\frac{1}{2}}", "\\frac23"))
    for _ in range(10):
        whole, denominator = RANDOM.randrange(1, 30), RANDOM.randrange(2, 15)
        numerator = RANDOM.randrange(1, denominator)
        value = whole + Fraction(numerator, denominator)
        case("mixed numbers", latex(value), f"{whole}\\frac{{{numerator}}}{{{denominator}}}", "correct", "whole and fraction are added")
        case("mixed numbers", f"{whole} {numerator}/{denominator}", latex(value), "correct", "written in line")
        product = Fraction(whole * numerator, denominator)
        if product != value:
            case("mixed numbers", f"{whole}\\frac{{{numerator}}}{{{denominator}}}", latex(product), "incorrect", "no product")
    equal("mixed numbers", "the minus covers both", ("-\\frac{5}{2}", "-2\\frac{1}{2}"), ("-1.75", "-1\\frac34"))


def scientific_and_percent():
    for mantissa, exponent in ((15, 4), (602, 23), (16, -19), (299, 8), (7, -3), (1234, 6)):
        shown = f"{mantissa / 10 ** (len(str(mantissa)) - 1)}"
        value = f"{shown}\\times 10^{{{exponent}}}"
        both("scientific", "E notation", (value, f"{shown}e{exponent}"), (value, f"{shown}E{exponent:+d}"))
        both("scientific", "a dot for the cross", (value, f"{shown} \\cdot 10^{{{exponent}}}"))
        differ("scientific", "another power of ten", (value, f"{shown}\\times 10^{{{exponent + 1}}}"))
        differ("scientific", "another mantissa", (value, f"{float(shown) + 0.1:.4f}\\times 10^{{{exponent}}}"))
    both("scientific", "written out", ("1.5\\times 10^3", "1500"), ("2\\times10^{-3}", "0.002"), ("10^6", "1,000,000"))
    for value in (5, 10, 12.5, 32, 99, 150):
        share = Fraction(str(value)) / 100
        equal("percent", "the sign as a unit", (f"{value}", f"{value}\\%"), (f"{value}\\%", f"{value}"))
        equal("percent", "the sign as a factor", (f"{value}%", latex(share)), (latex(share), f"{value}%"))
        equal("percent", "in words", (f"{value}\\%", f"{value} percent"))
        differ("percent", "without a sign no factor of 100", (f"{value}", latex(share)))
        differ("percent", "another percentage", (f"{value}%", f"{value + 1}%"))


def units():
    metres = {"mm": Fraction(1, 1000), "cm": Fraction(1, 100), "m": Fraction(1), "km": Fraction(1000)}
    seconds = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
    grams = {"mg": Fraction(1, 1000), "g": Fraction(1), "kg": Fraction(1000)}
    for table in (metres, seconds, grams):
        names = list(table)
        for small, large in zip(names, names[1:]):
            count = RANDOM.randrange(2, 9)
            there = Fraction(count) * table[large] / table[small]
            both("units", f"{large} in {small}", (f"{count}\\text{{ {large}}}", f"{there} \\text{{ {small}}}"))
            differ("units", "the same number of another unit", (f"{count}\\text{{ {large}}}", f"{count} \\text{{ {small}}}"))
    equal("units", "a unit the gold leaves out", ("12", "12 cm"), ("12", "12\\text{ apples}"), ("45", "45\\mathrm{~cm}^2"), ("9", "9 litres"), ("600", "600g"), ("3", "3m"))
    equal("units", "a unit the answer leaves out", ("12 cm", "12"), ("9 litres", "9"), ("45 \\mathrm{~cm}^{2}", "45"), ("3 \\text{ cubic feet}", "3"))
    both("units", "two spellings of a square", ("10 cm^2", "10 square cm"), ("10 cm²", "10\\text{ cm}^{2}"), ("4 sq m", "4 m^2"))
    both("units", "singular and plural", ("3 apple", "3 apples"), ("1 meters", "1 meter"))
    both("units", "a quotient of units", ("72 km/h", "20 m/s"), ("5 m/s", "18 km/h"), ("60 mph", "60 mi/h"))
    both("units", "a cubed length is a volume", ("1000 cm^3", "1 litre"), ("2 m^3", "2000 l"))
    both("units", "a sum of units", ("2 hours 30 minutes", "150 minutes"), ("1 m 20 cm", "120 cm"), ("1 minute and 5 seconds", "65 seconds"))
    differ("units", "another number", ("12 cm", "13 cm"), ("12 cm", "13"), ("2 hours 30 minutes", "2 hours 20 minutes"))
    differ("units", "measures something else", ("12 cm", "12 kg"), ("5 s", "5 m"), ("10 cm^2", "10 cm"), ("10 cm^2", "10 cm^3"))
    differ("units", "in the gold, a letter right behind the number is a variable", ("3m", "3"), ("2x", "2"))
    differ("units", "a letter that is no unit is a variable", ("2", "2x"), ("5", "5k"))
    equal("currency", "the sign is dropped", ("1.06", "\\$1.06"), ("1.06", "\\textdollar 1.06"), ("250", "€250"), ("1250", "\\$1,250"), ("\\$18.90", "18.90"), ("\\$5", "5 dollars"), ("5", "£5"))
    differ("currency", "another amount", ("\\$1.06", "\\$1.60"), ("\\$18.90", "\\$18.09"))


def angles_and_functions():
    for degrees in (30, 45, 60, 90, 120, 135, 180, 225, 360):
        radians = sp.latex(sp.rad(degrees))
        both("angles", "degrees are radians", (f"{degrees}^\\circ", radians))
        equal("angles", "the degree sign may be missing", (f"{degrees}", f"{degrees}^{{\\circ}}"), (f"{degrees}°", f"{degrees}"))
        differ("angles", "another angle", (f"{degrees}^\\circ", f"{degrees + 10}^\\circ"))
    equal("angles", "words for the sign", ("60^\\circ", "60 degrees"), ("60^\\circ", "60\\text{ deg}"))
    both("pi", "the same multiple", ("\\frac{2}{3}\\pi", "\\frac{2\\pi}{3}"), ("2\\pi", "2 \\cdot \\pi"), ("4π", "4\\pi"), ("\\pi/2", "0.5\\pi"), ("6\\pi - 2\\pi", "4\\pi"))
    differ("pi", "the factor is missing", ("25\\pi", "25"), ("\\pi", "1"))
    differ("pi", "an approximation is another number", ("\\pi", "22/7"), ("\\pi", "3.14"), ("\\pi", "355/113"))
    for radicand in (8, 12, 18, 20, 27, 45, 48, 50, 72, 75, 98, 108):
        simple = sp.latex(sp.sqrt(radicand))
        both("roots", "a square factor taken out", (f"\\sqrt{{{radicand}}}", simple))
        differ("roots", "another radicand", (f"\\sqrt{{{radicand}}}", f"\\sqrt{{{radicand + 1}}}"))
    for degree, radicand in ((3, 54), (3, 16), (4, 48), (5, 96)):
        both("roots", "a power taken out of a higher root", (f"\\sqrt[{degree}]{{{radicand}}}", sp.latex(sp.root(radicand, degree))))
    proved("roots", "denested or rationalised", (sp.sqrt(2) + sp.sqrt(3), "\\sqrt{5+2\\sqrt{6}}", sp.sqrt(5 + 2 * sp.sqrt(6))), (sp.sqrt(2) - 1, "\\frac{1}{1+\\sqrt2}", 1 / (1 + sp.sqrt(2))), ((sp.sqrt(5) + 1) / 2, "\\frac{2}{\\sqrt5-1}", 2 / (sp.sqrt(5) - 1)))
    equal("roots", "braces or command left out", ("\\sqrt{2}", "\\sqrt2"), ("\\sqrt{7}", "√7"), ("2\\sqrt{3}", "2*sqrt(3)"))
    both("roots", "a perfect power", ("\\sqrt{16}", "4"), ("\\sqrt[3]{-27}", "-3"), ("\\sqrt{\\frac{9}{4}}", "1.5"))
    both("powers", "the same power", ("2^{10}", "1024"), ("2^{2024}", "4^{1012}"), ("8^{2/3}", "4"), ("3^{-2}", "\\frac19"), ("10^{-3}", "0.001"), ("(-2)^3", "-8"), ("-2^2", "-4"), ("2^{3^2}", "512"), ("2**5", "32"), ("4^{0.5}", "2"))
    differ("powers", "another power", ("2^{100}", "2^{100}+1"), ("2^{3^2}", "64"), ("-2^2", "4"), ("2^{10}", "20"))
    both("logs", "the same logarithm", ("\\log_2 8", "3"), ("\\log_{10} 1000", "3"), ("\\ln e^2", "2"), ("\\log 100", "2"), ("e^{\\ln 5}", "5"), ("\\log_3 \\frac19", "-2"), ("\\ln 8", "3\\ln 2"), ("\\ln 6", "\\ln 2+\\ln 3"), ("\\log_4 2", "\\frac12"), ("\\log 2", "\\ln 2"))
    differ("logs", "another logarithm", ("\\log_2 8", "\\log_3 8"), ("\\ln 2", "\\ln 3"), ("\\log_2 8", "4"), ("\\ln 8", "\\ln 2 + 3"))
    for name in ("sin", "cos", "tan"):
        for degrees in (0, 30, 45, 60, 120, 135, 150, 180):
            value = sp.simplify(getattr(sp, name)(sp.rad(degrees)))
            both("trigonometry", "a value of the unit circle", (f"\\{name} {degrees}^\\circ", sp.latex(value)))
    both("trigonometry", "in radians", ("\\sin\\frac{\\pi}{6}", "\\frac12"), ("\\cos(\\pi)", "-1"), ("\\tan(\\pi/4)", "1"), ("\\arctan 1", "\\frac{\\pi}{4}"), ("\\sin^{-1}(1)", "\\frac{\\pi}{2}"), ("\\arccos(-1)", "\\pi"))
    differ("trigonometry", "another value", ("\\sin 30^\\circ", "\\frac{\\sqrt3}{2}"), ("\\cos 60^\\circ", "-\\frac12"), ("\\tan 45^\\circ", "\\sqrt3"))


def proved(family, reason, *entries):
    """Entries of (SymPy formula, LaTeX of another form, that form in SymPy), checked to be equal."""
    for formula, text, other in entries:
        assert sp.simplify(formula - other) == 0, (formula, other)
        both(family, reason, (sp.latex(formula), text))


def formulas():
    for _ in range(12):
        p, q, r = (RANDOM.randrange(-9, 10) or 4 for _ in range(3))
        product = (x + p) * (x + q)
        expanded = sp.expand(product)
        both("polynomials", "a product expanded", (sp.latex(expanded), f"(x{p:+d})(x{q:+d})"))
        differ("polynomials", "the constant is off by one", (sp.latex(expanded), sp.latex(expanded + 1)))
        cubic = sp.expand((x + p) * (x + q) * (r * y + 1))
        equal("polynomials", "terms in another order", (sp.latex(cubic), " + ".join(f"({sp.latex(term)})" for term in reversed(cubic.as_ordered_terms()))))
        differ("polynomials", "a sign turned", (sp.latex(cubic), sp.latex(cubic.subs(y, -y))))
    both("polynomials", "a product may be implied", ("2xy", "2 \\cdot x \\cdot y"), ("ab+c", "c+ba"), ("x^2", "x \\cdot x"))
    differ("polynomials", "another variable", ("2x", "2y"), ("x^2+1", "n^2+1"))
    differ("polynomials", "equal modulo a large prime, and different", ("x", f"x+{2**61 - 1}"), ("x", f"{2**61}x"))
    proved(
        "rational expressions",
        "the same function",
        (x + 1, "\\frac{x^2-1}{x-1}", (x**2 - 1) / (x - 1)),
        (1 / x + 1 / y, "\\frac{x+y}{xy}", (x + y) / (x * y)),
        (1 / (x * (x + 1)), "\\frac1x-\\frac{1}{x+1}", 1 / x - 1 / (x + 1)),
        (x**-2, "\\frac{1}{x^2}", 1 / x**2),
        ((a**3 - b**3) / (a - b), "a^2+ab+b^2", a**2 + a * b + b**2),
        (n * (n + 1) / 2, "\\frac{n^2+n}{2}", (n**2 + n) / 2),
        (x / 2, "0.5x", x / 2),
        (1 / (1 + 1 / x), "\\frac{x}{x+1}", x / (x + 1)),
    )
    differ("rational expressions", "another function", ("\\frac{1}{x+1}", "\\frac{1}{x-1}"), ("\\frac{x+y}{xy}", "\\frac{xy}{x+y}"), ("\\frac{1}{x}+\\frac{1}{y}", "\\frac{2}{x+y}"), ("\\frac{n(n+1)}{2}", "\\frac{n(n-1)}{2}"))
    proved(
        "functions",
        "an identity",
        (sp.cos(2 * x), "1-2\\sin^2 x", 1 - 2 * sp.sin(x) ** 2),
        (sp.Integer(1), "\\sin^2 x+\\cos^2 x", sp.sin(x) ** 2 + sp.cos(x) ** 2),
        (sp.sin(2 * x), "2\\sin x\\cos x", 2 * sp.sin(x) * sp.cos(x)),
        (sp.exp(x + 1), "e \\cdot e^x", sp.E * sp.exp(x)),
        (2 ** (n + 1), "2\\cdot 2^n", 2 * 2**n),
        (sp.Abs(x - 1), "|1-x|", sp.Abs(1 - x)),
        (sp.tan(x), "\\frac{\\sin x}{\\cos x}", sp.sin(x) / sp.cos(x)),
    )
    differ("functions", "no identity", ("\\sqrt{x^2}", "x"), ("\\sin 2x", "2\\sin x"), ("|x|", "x"), ("2^n", "n^2"), ("\\cos x", "\\sin x"), ("e^{x}", "e^{-x}"))
    both("counting", "the same number", ("\\binom{5}{2}", "10"), ("5!", "120"), ("\\frac{8!}{6!}", "56"), ("\\binom{10}{3}", "\\binom{10}{7}"), ("\\lfloor 3.7 \\rfloor", "3"), ("\\lceil 3.2 \\rceil", "4"), ("|-7|", "7"))
    differ("counting", "another number", ("\\binom{5}{2}", "\\binom{5}{1}"), ("5!", "5"), ("\\lfloor 3.7 \\rfloor", "4"))


def relations():
    equal("equations", "a name before the value", ("5", "x = 5"), ("x=5", "5"), ("5", "5 = x"), ("x=5", "5=x"), ("x^2", "f(x)=x^2"), ("60", "\\angle ABC = 60"), ("12", "\\text{Area} = 12"), ("4", "2+2=4"), ("y=2x+1", "2x+1"), ("P = (3,4)", "(3,4)"))
    for slope in (2, 3, -4, 5):
        for shift in (1, -7):
            both("equations", "all on one side", (f"y={slope}x{shift:+d}", f"{slope}x-y{shift:+d}=0"))
            differ("equations", "another shift", (f"y={slope}x{shift:+d}", f"y={slope}x{shift + 1:+d}"))
    both("equations", "a factor on both sides", ("\\frac{x^2}{4}+\\frac{y^2}{9}=1", "9x^2+4y^2=36"), ("2x+4y=6", "x+2y=3"), ("x-y=1", "y-x=-1"))
    differ("equations", "another unknown or curve", ("x=2", "y=2"), ("x^2+y^2=1", "x^2+y^2=2"), ("x^2+y^2=1", "1"), ("x=3", "x=-3"))
    for k in (2, 5, -3):
        both("inequalities", "flipped", (f"x<{k}", f"{k}>x"), (f"x\\ge {k}", f"{k}\\le x"))
        both("inequalities", "as an interval", (f"x<{k}", f"(-\\infty,{k})"), (f"x\\geq {k}", f"[{k},\\infty)"))
        both("inequalities", "multiplied by a number", (f"x<{k}", f"2x<{2 * k}"), (f"x<{k}", f"-3x>{-3 * k}"))
        differ("inequalities", "the other direction", (f"x<{k}", f"x>{k}"))
        differ("inequalities", "with its end or without", (f"x<{k}", f"x\\le {k}"), (f"[{k},\\infty)", f"x>{k}"))
    both("inequalities", "a chain is an interval", ("-1<x\\le 3", "(-1,3]"), ("0 \\leq x \\leq 1", "x\\in[0,1]"), ("3>x>1", "1<x<3"), ("1<2x-1<5", "1<x<3"))
    both("inequalities", "a union", ("x<1 \\text{ or } x>3", "(-\\infty,1)\\cup(3,\\infty)"), ("x\\ne 2", "(-\\infty,2)\\cup(2,\\infty)"), ("x \\neq 0", "\\{x \\mid x \\ne 0\\}"))
    both("inequalities", "in two variables", ("y>2x+1", "2x-y+1<0"), ("x+y\\le 4", "4-x-y\\ge 0"))
    differ("inequalities", "another region", ("y>2x+1", "y<2x+1"), ("-1<x<3", "-1<x<4"), ("x<1 \\text{ or } x>3", "1<x<3"))


def sets_and_tuples():
    both("intervals", "the same set", ("[0,1)", "\\left[0, 1\\right)"), ("(-\\infty,\\infty)", "\\mathbb{R}"), ("[2,3]\\cup[3,4]", "[2,4]"), ("(3,4)\\cup(1,2)", "(1,2)\\cup(3,4)"), ("[\\frac12,1]", "[0.5,1]"), ("[0,\\sqrt{8}]", "[0,2\\sqrt2]"), ("x\\in(0,2)", "(0,2)"), ("\\text{all real numbers}", "(-\\infty,\\infty)"), ("[1,2]\\cup\\{5\\}", "\\{5\\}\\cup[1,2]"))
    differ("intervals", "an end open or closed", ("[0,1)", "[0,1]"), ("(0,1)", "[0,1]"), ("[0,1)", "(0,1]"), ("(-\\infty,2]", "(-\\infty,2)"), ("(1,2)\\cup(2,3)", "(1,3)"))
    differ("intervals", "another end", ("[0,1)", "[0,2)"), ("(-\\infty,2]", "(-\\infty,3]"), ("(1,2)\\cup(3,4)", "(1,2)"), ("[0,\\infty)", "(-\\infty,0]"))
    both("infinities", "the same infinity", ("\\infty", "+\\infty"), ("-\\infty", "-∞"), ("\\infty", "\\text{infinity}"))
    differ("infinities", "no infinity, or the other", ("\\infty", "-\\infty"), ("\\infty", "10^{400}"), ("\\infty", "999999999"), ("5", "\\infty"))
    for _ in range(6):
        items = RANDOM.sample(range(-20, 40), 4)
        shuffled = items[1:] + items[:1]
        text, other = (", ".join(map(str, entry)) for entry in (items, shuffled))
        case("sets", f"\\{{{text}\\}}", f"\\{{{other}\\}}", "correct", "a set has no order")
        case("lists", text, other, "correct", "bare lists are sets of solutions")
        case("lists", f"\\{{{text}\\}}", other, "correct", "the gold is a set")
        case("tuples", f"({text})", f"({other})", "incorrect", "a tuple has an order")
        case("tuples", f"({text})", text, "correct", "brackets left out, in order")
        case("tuples", f"({text})", other, "incorrect", "brackets left out, in another order")
        case("sets", f"\\{{{text}\\}}", f"\\{{{text}, 99\\}}", "incorrect", "one too many")
        case("sets", f"\\{{{text}\\}}", f"\\{{{', '.join(map(str, items[:3]))}\\}}", "incorrect", "one is missing")
    equal("sets", "elements written differently", ("\\{\\frac12, 2\\}", "\\{2, 0.5\\}"), ("\\{1,2\\}", "\\{1,1,2\\}"), ("\\{(1,2),(3,4)\\}", "\\{(3,4),(1,2)\\}"), ("\\{\\sqrt8\\}", "2\\sqrt2"))
    both("sets", "nothing in it", ("\\emptyset", "\\{\\}"), ("\\varnothing", "\\text{no solution}"), ("\\emptyset", "\\text{no real solutions}"))
    differ("sets", "nothing is not zero", ("\\emptyset", "0"), ("\\emptyset", "\\{0\\}"))
    equal("lists", "in words, or with the name of each", ("1, 2, 4", "1, 2 and 4"), ("1,2", "x=1, x=2"), ("1,2", "x=2 \\text{ or } x=1"), ("3, 4", "x = 3, y = 4"), ("-1, 5", "x = -1, 5"))
    differ("lists", "one too many, too few or wrong", ("1,2", "1,2,3"), ("1,2,3", "1,2"), ("12", "12 or 13"), ("1,2", "1,3"))
    equal("tuples", "entries written differently", ("(3,-4)", "\\left(\\frac62, -4.0\\right)"), ("(1,2)", "P = (1,2)"), ("(x+1,2)", "(1+x,2)"), ("(1,2),(3,4)", "(3,4),(1,2)"), ("(0,1)", "\\langle 0, 1\\rangle"))
    differ("tuples", "another point", ("(3,-4)", "(-4,3)"), ("(3,-4)", "(3,4)"), ("(1,2,3)", "(1,2)"), ("(1,2)", "3"))
    both("plus-minus", "both signs", ("\\pm 2", "2, -2"), ("\\pm\\sqrt3", "\\{-\\sqrt3,\\sqrt3\\}"), ("1\\pm\\sqrt2", "1+\\sqrt2, 1-\\sqrt2"), ("x=\\pm 3", "x=3 \\text{ or } x=-3"), ("\\frac{-1\\pm\\sqrt5}{2}", "\\frac{\\sqrt5-1}{2}, \\frac{-\\sqrt5-1}{2}"), ("2 \\mp 1", "2\\pm 1"))
    differ("plus-minus", "one sign alone", ("\\pm 2", "2"), ("2", "\\pm 2"), ("1\\pm\\sqrt2", "1+\\sqrt2"), ("\\pm 2", "\\pm 3"))
    for p, q, k in ((1, 4, 3), (2, 3, 5), (7, 2, 2), (5, 9, 4)):
        both("ratios", "extended", (f"{p}:{q}", f"{p * k}:{q * k}"))
        both("ratios", "as a fraction", (f"{p}:{q}", f"\\frac{{{p}}}{{{q}}}"))
        equal("ratios", "in words", (f"{p}:{q}", f"{p} \\text{{ to }} {q}"))
        differ("ratios", "turned over", (f"{p}:{q}", f"{q}:{p}"))
    both("ratios", "of three", ("1:2:3", "2:4:6"), ("3:4:5", "\\frac35:\\frac45:1"))
    differ("ratios", "of three, in another order", ("1:2:3", "3:2:1"), ("1:2:3", "1:2"))
    for _ in range(5):
        rows = [[RANDOM.randrange(-9, 10) for _ in range(2)] for _ in range(2)]
        body = " \\\\ ".join(" & ".join(map(str, row)) for row in rows)
        turned = " \\\\ ".join(" & ".join(map(str, row)) for row in zip(*rows))
        matrix = f"\\begin{{pmatrix}} {body} \\end{{pmatrix}}"
        case("matrices", matrix, f"\\begin{{bmatrix}}{body}\\end{{bmatrix}}", "correct", "another bracket")
        case("matrices", matrix, json.dumps(rows), "correct", "as a list of rows")
        case("matrices", matrix, f"\\left[\\begin{{array}}{{cc}}{body}\\end{{array}}\\right]", "correct", "as an array")
        if rows[0][1] != rows[1][0]:
            case("matrices", matrix, f"\\begin{{pmatrix}} {turned} \\end{{pmatrix}}", "incorrect", "transposed")
    equal("matrices", "entries written differently", ("\\begin{pmatrix}\\frac12&0\\\\0&1\\end{pmatrix}", "\\begin{pmatrix}0.5&0\\\\0&1\\end{pmatrix}"), ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "(1,2)"))
    differ("matrices", "another shape", ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{pmatrix}1&2\\end{pmatrix}"), ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "1,2,3,4"))


def words_and_times():
    both("text", "upper or lower case", ("March", "march"), ("EQUILATERAL", "equilateral"), ("Isosceles Triangle", "isosceles triangle"))
    both("text", "an article", ("the circle", "circle"), ("a square", "square"), ("an octagon", "octagon"))
    both("text", "plural", ("apple", "apples"), ("cherry", "cherries"), ("box", "boxes"), ("red bus", "red buses"))
    both("text", "a font command or hyphen", ("\\text{Monday}", "Monday"), ("\\textbf{blue}", "blue"), ("twenty-one", "twenty one"))
    both("text", "number words", ("7", "seven"), ("21", "twenty-one"), ("113", "one hundred and thirteen"), ("2000", "two thousand"))
    differ("text", "another word", ("March", "May"), ("circle", "square"), ("red", "blue"), ("left", "right"), ("Tom", "Tim"), ("grass", "gras"), ("seven", "eight"), ("isosceles", "equilateral"))
    both("yes or no", "true and false", ("yes", "Yes"), ("yes", "true"), ("no", "False"), ("No", "no."))
    differ("yes or no", "the other", ("yes", "no"), ("true", "false"), ("no", "yes"), ("False", "yes"))
    both("times", "the same time of day", ("3:30 pm", "15:30"), ("3:30 p.m.", "3:30 PM"), ("12:00 am", "00:00"), ("noon", "12:00 pm"), ("midnight", "12 am"), ("9:05", "09:05"), ("7 am", "7:00 am"), ("7 o'clock", "7:00"))
    equal("times", "half of the day left out", ("3:30 pm", "3:30"), ("8:05 am", "8:05"))
    differ("times", "another time", ("3:30 pm", "3:30 am"), ("3:30 pm", "3:35 pm"), ("9:05", "9:50"), ("noon", "midnight"), ("15:30", "5:30 pm"))
    both("dates", "the same day", ("March 5, 2021", "2021-03-05"), ("March 5", "5 March"), ("5th of March 2021", "Mar 5, 2021"), ("Friday, March 5, 2021", "March 5, 2021"), ("2021-12-25", "12/25/2021"), ("December 25th", "25 December"))
    differ("dates", "another day", ("March 5, 2021", "March 6, 2021"), ("March 5, 2021", "May 3, 2021"), ("March 5, 2021", "March 5, 2020"), ("2021-12-25", "12/24/2021"), ("June 1", "July 1"))
    case("dates", "March 4, 2021", "4/3/2021", "undecided", "day first or month first: both are written")
    case("text", "cat", "act", "undecided", "short letters may be a product of variables")
    case("units", "5 widgets", "5 gadgets", "undecided", "two unknown units may be synonyms")


def choices():
    lengths = ["$8 \\mathrm{~cm}$", "$9 \\mathrm{~cm}$", "$10 \\mathrm{~cm}$", "$11 \\mathrm{~cm}$"]
    for answer in ("B", "(B)", "B.", "b", "(b)", "[B]", "\\text{(B)}\\ 9", "\\textbf{(B)} 9", "option B", "Option (B)", "B) 9 cm", "B: 9 cm", "the correct answer is B", "9", "9 cm", "90 mm", "\\mathrm{B}"):
        case("choices", "B", answer, "correct", "the second, by letter or by its text", lengths)
    for answer in ("A", "(C)", "10 cm", "(A) 9", "D.", "8", "80 mm", "A and B"):
        case("choices", "B", answer, "incorrect", "another option", lengths)
    case("choices", "9 cm", "B", "correct", "the gold is the text of the option", lengths)
    case("choices", "9 cm", "C", "incorrect", "the gold is the text of another option", lengths)
    for answer in ("A, C", "AC", "A and C", "(A), (C)", "C, A", "A & C", "A; C"):
        case("several letters", "A, C", answer, "correct", "both letters, in any order", lengths)
    for answer in ("A", "A, B", "A, B, C", "B, D"):
        case("several letters", "A, C", answer, "incorrect", "other letters", lengths)
    orders = ["$3,5,4,2,1$", "$3,4,2,1,5$"]
    case("choices", "B", "3,4,2,1,5", "correct", "an order, as the option writes it", orders)
    case("choices", "B", "3,5,4,2,1", "incorrect", "the order of another option", orders)
    case("choices", "E", "G", "correct", "options are letters: by its text", ["A", "B", "D", "F", "G"])
    case("choices", "E", "E", "correct", "options are letters: by its letter", ["A", "B", "D", "F", "G"])
    case("choices", "B", "BC", "incorrect", "segments, not letters", ["AB", "CD", "BC"])
    case("choices", "CD", "B", "correct", "a segment as the gold", ["AB", "CD", "BC"])
    for answer in ("A", "(A)", "A.", "(A) 5", "A) five"):
        case("choices", "A", answer, "correct", "a letter, with no options given")
    for answer in ("B", "(C) A", "(B) 5"):
        case("choices", "A", answer, "incorrect", "another letter, with no options given")


def extraction():
    seven = [
        ("<think>\\boxed{1}</think> <answer>\\boxed{7}</answer>", "only what follows the thinking counts"),
        ("<think>a 3</think> <answer>7</answer>", "answer tags"),
        ("<answer>7", "answer tags that never close"),
        ("<answer>3</answer> wait <answer>7</answer>", "the last answer tags"),
        ("<ANSWER>7</ANSWER>", "tags in capitals"),
        ("First \\boxed{3}, no: \\boxed{7}", "the last box"),
        ("\\boxed{\\frac{14}{2}}", "nested braces"),
        ("\\boxed{\\text{seven}}", "a box around a word"),
        ("\\boxed{7} or \\boxed{unfinished", "the last box that closes"),
        ("\\fbox{7}", "a frame"),
        ("\\boxed {7}", "a space before the brace"),
        ("$$\\boxed{7}$$", "a box in a formula"),
        ("\\boxed{\\boxed{7}}", "a box in a box"),
        ("Therefore, the answer is 7.", "a stated answer"),
        ("The final answer is: **7**", "a stated answer in bold"),
        ("**Answer:** 7", "a heading"),
        ("Answer: $7$", "a formula behind the heading"),
        ("So the answer should be 7", "another verb"),
        ("7", "nothing but the answer"),
        ("$x = 7$", "nothing but an equation"),
        ("There are 9 cats. Two leave, so 9 - 2 = 7 remain.", "the last number of the last sentence"),
        ("3 + 4\nThat makes 7", "the last number of the last line"),
        ("The answer is 3.\nCorrection: the answer is 7.", "the last stated answer"),
    ]
    for response, reason in seven:
        case("extraction", "7", response, "correct", reason, boxed=False)
    wrong = [
        ("<think>it must be \\boxed{7}", "the thinking never ends"),
        ("<think>7</think>", "nothing follows the thinking"),
        ("", "nothing at all"),
        ("\\boxed{}", "an empty box"),
        ("\\boxed{7} and then \\boxed{8}", "two answers, joined"),
        ("First \\boxed{7}, no: \\boxed{3}", "an earlier box"),
        ("I need the figure with 7 cats. Please provide it.", "a refusal that repeats the question"),
        ("The answer is not known.", "no number"),
        ("<answer>7</answer> wait <answer>3</answer>", "earlier tags"),
    ]
    for response, reason in wrong:
        if "not known" in response:
            case("extraction", "7", response, "undecided", "a stated answer that is no number", boxed=False)
        else:
            case("extraction", "7", response, "incorrect", reason, boxed=False)
    case("extraction", "14", "<answer>The answer is 14</answer>", "correct", "a stated answer in the tags", boxed=False)
    case("extraction", "2\\sqrt{3}", "The length of both is $\\sqrt{12}$.", "correct", "a formula ends the sentence", boxed=False)
    case("extraction", "(2,3)", "So they meet at \\((2, 3)\\).", "correct", "a formula in other delimiters", boxed=False)
    case("tuples", "(3,4)", "(x,y)=(3,4)", "correct", "the names of both before it")
    case("extraction", "1, 2", "\\boxed{1} and \\boxed{2}", "correct", "boxes side by side hold one answer", boxed=False)
    case("extraction", "1, 2", "\\boxed{2}, \\boxed{1}", "correct", "boxes side by side, in another order", boxed=False)
    case("extraction", "B", "I think it is (B) because of its size.", "correct", "the last letter in brackets", ["1", "2", "3"], boxed=False)
    case("extraction", "B", "The correct option is (B).", "correct", "a stated option", ["1", "2", "3"], boxed=False)
    case("extraction", "B", "The correct option is (C).", "incorrect", "another stated option", ["1", "2", "3"], boxed=False)


def hedges():
    """What a policy might try, and what careless readers fall for."""
    lengths = ["8 cm", "9 cm", "10 cm", "11 cm"]
    for answer in ("B or C", "(B) or (C)", "(B) (C)", "(B), (C), (D)", "(B) 9 cm, or else (C)", "A/B", "BC"):
        case("hedges", "B", answer, "incorrect", "more than one choice", lengths)
    differ("hedges", "another magnitude", ("5", "5 million"), ("5", "5 thousand"), ("12", "12 dozen"))
    both("hedges", "a magnitude in words", ("5000000", "5 million"), ("3000", "3 thousand"), ("24", "2 dozen"))
    for answer in ("5 or more", "5 at least", "5 or 6", "5 and a half", "5 not 6", "5 \\approx 9", "5, 6", "\\{5,6\\}", "5 < x < 6"):
        gold = "9" if "approx" in answer else "5"
        verdict = "undecided" if answer in ("5 at least", "5 not 6") else "incorrect"
        case("hedges", gold, answer, verdict, "no plain five")
    equal("hedges", "a rounded value beside the exact one", ("\\frac13", "\\frac13 \\approx 0.33"), ("0.33", "\\frac13 \\approx 0.33"), ("2\\pi", "x = 2\\pi \\approx 6.28"))
    differ("hedges", "upper and lower case are different symbols", ("2N", "2n"), ("a+B", "a+b"))
    case("hedges", "f'(x)", "f(x)", "undecided", "a derivative is not its function, and primes are not read")


def dress():
    """The same answer under LaTeX spacing and wrapping."""
    wraps = ["${}$", "\\({}\\)", "\\displaystyle {}", "{}\\,", "~{}~", "\\left. {} \\right.", "\\quad {}", "{{{}}}"]
    for gold in ("\\frac{3}{7}", "2\\sqrt{5}", "x^2+1", "-12"):
        for wrap in wraps:
            case("dress", gold, wrap.format(gold), "correct", "spacing and delimiters carry no value")


for write in (numbers, fractions, scientific_and_percent, units, angles_and_functions, formulas, relations, sets_and_tuples, words_and_times, choices, extraction, hedges, dress):
    write()
unique = {(entry["gold"], entry["answer"], json.dumps(entry.get("options"))): entry for entry in CASES}
TARGET.parent.mkdir(parents=True, exist_ok=True)
counters = {}
with TARGET.open("w") as file:
    for entry in unique.values():
        slug = entry["family"].replace(" ", "-")
        counters[slug] = counters.get(slug, 0) + 1
        file.write(json.dumps({"id": f"{slug}-{counters[slug]}", **entry}, ensure_ascii=False) + "\n")
print(len(unique), "cases in", len(counters), "families")
