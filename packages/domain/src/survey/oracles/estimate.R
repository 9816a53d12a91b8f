# What R says of generated strata: the survey package for the design, prop.test for Wilson's interval.
#
#     Rscript estimate.R > results.json          (Debian: r-cran-survey r-cran-jsonlite; made with survey 4.1.1)
#
# The strata are drawn here with a fixed seed; no real survey is behind them.
suppressPackageStartupMessages({
  library(survey)
  library(jsonlite)
})
set.seed(20260525, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

design <- function(strata, lowest, highest) {
  population <- sample(40:2400, strata, replace = TRUE)
  answers <- pmax(2, round(population * runif(strata, lowest, highest)))
  satisfied <- rbinom(strata, answers, runif(strata, 0.55, 0.98))
  data.frame(id = sprintf("s%03d", seq_len(strata)), population, answers, satisfied)
}

estimate <- function(strata) {
  rows <- do.call(rbind, lapply(seq_len(nrow(strata)), function(h) {
    n <- strata$answers[h]
    data.frame(h = strata$id[h], N = strata$population[h], y = c(rep(1, strata$satisfied[h]), rep(0, n - strata$satisfied[h])))
  }))
  # post-stratified: every sheet of a stratum stands for N / n people of it
  fit <- svymean(~y, svydesign(ids = ~1, strata = ~h, fpc = ~N, data = rows))
  value <- as.numeric(coef(fit))
  error <- as.numeric(SE(fit))
  effective <- value * (1 - value) / error^2
  interval <- suppressWarnings(prop.test(value * effective, effective, correct = FALSE)$conf.int)
  list(strata = strata, value = value, standardError = error, effectiveAnswers = effective, low = interval[1], high = interval[2])
}

shares <- data.frame(satisfied = c(0, 1, 7, 12, 85, 170, 999, 40), answers = c(10, 11, 10, 12, 100, 200, 1000, 40))
plain <- lapply(seq_len(nrow(shares)), function(i) {
  interval <- suppressWarnings(prop.test(shares$satisfied[i], shares$answers[i], correct = FALSE)$conf.int)
  list(satisfied = shares$satisfied[i], answers = shares$answers[i], low = interval[1], high = interval[2])
})

# log-likelihood ratio of a word in a of n texts here and b of m there, by the deviance of independence
words <- data.frame(a = c(110, 12, 5, 40, 7), n = c(2552, 12, 50, 90, 300), b = c(111, 0, 10, 3, 0), m = c(29114, 20, 100, 400, 5000))
keyness <- lapply(seq_len(nrow(words)), function(i) {
  w <- words[i, ]
  table <- data.frame(count = c(w$a, w$b, w$n - w$a, w$m - w$b), has = factor(c(1, 1, 0, 0)), own = factor(c(1, 0, 1, 0)))
  c(as.list(w), keyness = deviance(glm(count ~ has + own, poisson, table, control = glm.control(epsilon = 1e-14, maxit = 100))))
})

cat(toJSON(
  list(
    r = R.version.string, survey = as.character(packageVersion("survey")),
    designs = list(
      estimate(design(2, 0.3, 0.9)), estimate(design(12, 0.05, 0.6)),
      estimate(design(209, 0.02, 0.95)), estimate(design(40, 0.9, 1))
    ),
    wilson = plain, keyness = keyness
  ),
  auto_unbox = TRUE, digits = NA, pretty = TRUE
))
cat("\n")
