//! From tokens to a tree, by recursive descent; one function per level of precedence.

use super::FilterError;
use super::lexer::{self, Kind, Token};
use super::syntax::{Comparison, Expr, Field, Function, Literal, Node};

/// How deep parentheses and calls may nest.
const MAX_DEPTH: usize = 100;

/// Parses a whole filter.
pub(super) fn parse(text: &str) -> Result<Node, FilterError> {
    let syntax_error = |at: usize| FilterError::syntax(text, at);
    let tokens = lexer::tokens(text).map_err(syntax_error)?;
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
    };
    parser.filter().map_err(syntax_error)
}

/// An error is the byte offset behind what makes no sense, where the service's own parser has read to.
type Parsed<T> = Result<T, usize>;

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn filter(&mut self) -> Parsed<Node> {
        let node = self.or()?;
        match self.peek().kind {
            Kind::End => Ok(node),
            _ => self.unexpected(),
        }
    }

    fn or(&mut self) -> Parsed<Node> {
        self.chain("or", Self::and, Expr::Or)
    }

    fn and(&mut self) -> Parsed<Node> {
        self.chain("and", Self::comparison, Expr::And)
    }

    fn chain(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Parsed<Node>,
        make: fn(Vec<Node>) -> Expr,
    ) -> Parsed<Node> {
        let first = part(self)?;
        if !self.peek_word(word) {
            return Ok(first);
        }
        let start = first.start;
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        Ok(self.node(start, make(parts)))
    }

    fn comparison(&mut self) -> Parsed<Node> {
        let left = self.unary()?;
        let start = left.start;
        if self.take_word("in") {
            let left = Box::new(left);
            let expr = match self.peek().kind {
                Kind::Open => Expr::InList(left, self.list()?),
                _ => Expr::InCollection(left, Box::new(self.unary()?)),
            };
            return Ok(self.node(start, expr));
        }
        let Kind::Word(word) = &self.peek().kind else {
            return Ok(left);
        };
        let Some(operator) = Comparison::parse(word) else {
            return Ok(left);
        };
        self.advance();
        let right = self.unary()?;
        Ok(self.node(start, Expr::Compare(Box::new(left), operator, Box::new(right))))
    }

    fn unary(&mut self) -> Parsed<Node> {
        let start = self.peek().start;
        if !self.take_word("not") {
            return self.primary();
        }
        let inner = self.primary()?;
        Ok(self.node(start, Expr::Not(Box::new(inner))))
    }

    fn primary(&mut self) -> Parsed<Node> {
        let token = self.advance();
        let expr = match token.kind {
            Kind::Open => {
                let inner = self.nested(Self::or)?;
                self.expect(Kind::Close)?;
                // The parentheses belong to the part, so that an error quotes them.
                return Ok(self.node(token.start, inner.expr));
            }
            Kind::Word(name) => match Self::keyword(&name) {
                Some(literal) => Expr::Literal(literal),
                None if self.peek().kind == Kind::Open => {
                    let function = Function::parse(&name).ok_or(token.start)?;
                    Expr::Call(function, self.arguments(function, token.start)?)
                }
                None => Field::parse(&name).map_or(Expr::Unknown, Expr::Field),
            },
            kind => Expr::Literal(Self::literal(kind).ok_or(token.end)?),
        };
        Ok(self.node(token.start, expr))
    }

    fn arguments(&mut self, function: Function, start: usize) -> Parsed<Vec<Node>> {
        self.expect(Kind::Open)?;
        let mut arguments = Vec::new();
        if self.peek().kind != Kind::Close {
            arguments.push(self.nested(Self::or)?);
            while self.peek().kind == Kind::Comma {
                self.advance();
                arguments.push(self.nested(Self::or)?);
            }
        }
        self.expect(Kind::Close)?;
        let (least, most) = function.arity();
        match (least..=most).contains(&arguments.len()) {
            true => Ok(arguments),
            false => Err(start),
        }
    }

    fn list(&mut self) -> Parsed<Vec<Literal>> {
        self.expect(Kind::Open)?;
        let mut items = vec![self.item()?];
        while self.peek().kind == Kind::Comma {
            self.advance();
            items.push(self.item()?);
        }
        self.expect(Kind::Close)?;
        Ok(items)
    }

    fn item(&mut self) -> Parsed<Literal> {
        let token = self.advance();
        Self::literal(token.kind).ok_or(token.end)
    }

    fn literal(kind: Kind) -> Option<Literal> {
        match kind {
            Kind::Text(text) => Some(Literal::Text(text)),
            Kind::Int(int) => Some(Literal::Int(int)),
            Kind::Word(word) => Self::keyword(&word),
            _ => None,
        }
    }

    fn keyword(word: &str) -> Option<Literal> {
        match word {
            "null" => Some(Literal::Null),
            "true" => Some(Literal::Bool(true)),
            "false" => Some(Literal::Bool(false)),
            _ => None,
        }
    }

    fn nested(&mut self, part: fn(&mut Self) -> Parsed<Node>) -> Parsed<Node> {
        if self.depth >= MAX_DEPTH {
            return self.unexpected();
        }
        self.depth += 1;
        let node = part(self);
        self.depth -= 1;
        node
    }

    /// A node that ends where the token just taken ends.
    fn node(&self, start: usize, expr: Expr) -> Node {
        Node {
            expr,
            start,
            end: self.tokens[self.next - 1].end,
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn peek_word(&self, word: &str) -> bool {
        matches!(&self.peek().kind, Kind::Word(w) if w == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        if found {
            self.advance();
        }
        found
    }

    /// The next token; at the end the end is given again and again.
    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        if token.kind != Kind::End {
            self.next += 1;
        }
        token
    }

    fn expect(&mut self, kind: Kind) -> Parsed<()> {
        if self.peek().kind != kind {
            return self.unexpected();
        }
        self.advance();
        Ok(())
    }

    fn unexpected<T>(&self) -> Parsed<T> {
        Err(self.peek().end)
    }
}
