# Agreement of every matrix by other ways than ours, for our tests to compare with.
#   Rscript fit.R FOLDER   reads FOLDER/index.json and FOLDER/<n>.csv (subject,rater,value), writes FOLDER/results.json
# Complete matrices: psych::ICC by analysis of variance. Incomplete ones: variance components of lme4 (REML) and Wald's exact
# interval with dense matrices. Krippendorff's alpha: from the coincidence matrix, pair by pair, as its definition has it.
suppressMessages({library(psych); library(lme4); library(jsonlite)})
folder <- commandArgs(TRUE)[1]
index <- fromJSON(file.path(folder, "index.json"), simplifyVector = FALSE)
level <- 0.05

wald <- function(d, fixed) {
  x <- if (fixed == "rater") model.matrix(~ 0 + factor(rater), d) else matrix(1, nrow(d), 1)
  z <- model.matrix(~ 0 + factor(subject), d)
  y <- d$value - mean(d$value)
  rss <- sum(qr.resid(qr(cbind(x, z)), y)^2)
  both <- qr(cbind(x, z))$rank
  q <- both - qr(x)$rank
  f <- nrow(d) - both
  ratio <- function(lambda) {
    v <- solve(diag(nrow(d)) + lambda * z %*% t(z))
    a <- t(x) %*% v
    r <- y - x %*% solve(a %*% x, a %*% y)
    as.numeric((t(r) %*% v %*% r - rss) / q / (rss / f))
  }
  limit <- function(quantile) {
    if (ratio(0) <= quantile) return(0)
    high <- 1
    while (ratio(high) > quantile) high <- high * 4
    uniroot(function(l) ratio(l) - quantile, c(0, high), tol = 1e-13)$root
  }
  list(lower = limit(qf(1 - level / 2, q, f)), upper = limit(qf(level / 2, q, f)))
}

components <- function(formula, d) {
  # three starts, the tightest search there is; singular is a result
  fit <- suppressMessages(lmer(formula, d, control = lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
    optCtrl = list(rhobeg = 0.1, rhoend = 1e-10, maxfun = 1e5))))
  v <- as.data.frame(VarCorr(fit))
  setNames(as.list(v$vcov), v$grp)
}

intraclass <- function(d, complete) {
  if (complete) {
    wide <- unclass(xtabs(value ~ subject + rater, d))
    found <- ICC(wide, missing = FALSE, lmer = FALSE, alpha = level)$results
    of <- function(row) list(value = found$ICC[row], lower = found$`lower bound`[row], upper = found$`upper bound`[row])
    return(list(oneWay = list(single = of(1), average = of(4)), agreement = list(single = of(2), average = of(5)),
      consistency = list(single = of(3), average = of(6))))
  }
  one <- components(value ~ 1 + (1 | subject), d)
  two <- components(value ~ 1 + (1 | subject) + (1 | rater), d)
  n <- table(d$subject)
  k <- length(n) / sum(1 / n)
  forms <- function(s, e, interval) lapply(list(single = 1, average = k), function(m) list(value = s / (s + e / m),
    lower = if (is.null(interval)) NA else interval$lower / (interval$lower + 1 / m),
    upper = if (is.null(interval)) NA else interval$upper / (interval$upper + 1 / m)))
  list(oneWay = forms(one$subject, one$Residual, wald(d, "mean")),
    consistency = forms(two$subject, two$Residual, wald(d, "rater")),
    agreement = forms(two$subject, two$rater + two$Residual, NULL))
}

alpha <- function(units, metric) {
  units <- units[lengths(units) > 1]
  values <- sort(unique(unlist(units)))
  size <- length(values)
  o <- matrix(0, size, size)
  for (u in units) {
    at <- match(u, values)
    for (i in seq_along(at)) for (j in seq_along(at)) if (i != j)
      o[at[i], at[j]] <- o[at[i], at[j]] + 1 / (length(at) - 1)
  }
  n_c <- rowSums(o)
  n <- sum(n_c)
  delta <- matrix(0, size, size)
  for (c in seq_len(size)) for (k in seq_len(size)) if (c != k) delta[c, k] <- switch(metric,
    nominal = 1,
    ordinal = (sum(n_c[c:k]) - (n_c[c] + n_c[k]) / 2)^2,
    interval = (values[c] - values[k])^2,
    ratio = ((values[c] - values[k]) / (values[c] + values[k]))^2)
  1 - (n - 1) * sum(o * delta) / sum(outer(n_c, n_c) * delta)
}

one <- function(design, number) {
  message(design$id)
  d <- read.csv(file.path(folder, paste0(number, ".csv")))
  units <- split(d$value, d$subject)
  metrics <- c("nominal", "ordinal", "interval", if (min(d$value) >= 0) "ratio")
  out <- list(id = design$id, ratings = nrow(d), intraclass = intraclass(d, design$complete),
    alpha = setNames(lapply(metrics, function(m) alpha(units, m)), metrics))
  if (length(unique(d$value)) < 10) {
    set.seed(1)
    paired <- units[lengths(units) > 1]
    drawn <- replicate(4000, alpha(paired[sample(length(paired), replace = TRUE)], "ordinal"))
    out$bootstrap <- list(lower = unname(quantile(drawn, .025, na.rm = TRUE)), upper = unname(quantile(drawn, .975, na.rm = TRUE)),
      sd = sd(drawn, na.rm = TRUE))
  }
  out
}

out <- list(r = R.version.string, psych = as.character(packageVersion("psych")), lme4 = as.character(packageVersion("lme4")),
  designs = lapply(seq_along(index), function(i) one(index[[i]], i - 1)))
write(toJSON(out, digits = I(17), auto_unbox = TRUE, null = "null", na = "null", pretty = 1), file.path(folder, "results.json"))
