# Fits every cohort with quantreg and writes what our tests compare with.
#   Rscript fit.R FOLDER   reads FOLDER/index.json and FOLDER/<n>.csv, writes FOLDER/results.json
# Knots, basis and the rule of the percentile are R's own: quantile(type 7), extendrange, splines::bs, round.
# Barrodale and Roberts' simplex (method "br") is exact; columns that follow from others are left out by qr().
suppressMessages({library(quantreg); library(splines); library(jsonlite)})
folder <- commandArgs(TRUE)[1]
index <- fromJSON(file.path(folder, "index.json"), simplifyVector = FALSE)
taus <- (1:100 - 0.5) / 100

one <- function(design, number) {
  message(design$id)
  d <- read.csv(file.path(folder, paste0(number, ".csv")))
  priors <- setdiff(names(d), "y")
  knots <- lapply(seq_along(priors), function(k) {
    given <- if (length(design$knots) > 0) design$knots[[k]]
    if (!is.null(given)) return(list(knots = unlist(given$knots), boundaries = unlist(given$boundaries)))
    x <- d[[priors[k]]]
    list(knots = round(unname(quantile(x, c(.2, .4, .6, .8), type = 7)), 3), boundaries = round(extendrange(x, f = 0.1), 3))
  })
  basis <- lapply(seq_along(priors), function(k)
    unclass(suppressWarnings(bs(d[[priors[k]]], knots = knots[[k]]$knots, Boundary.knots = knots[[k]]$boundaries))))
  x <- cbind(1, do.call(cbind, basis))
  decomposed <- qr(x)
  kept <- sort(decomposed$pivot[seq_len(decomposed$rank)])
  x <- x[, kept, drop = FALSE]
  fits <- lapply(taus, function(tau) suppressWarnings(rq.fit.br(x, d$y, tau)))
  rho <- function(r, tau) sum(r * (tau - (r < 0)))
  objective <- sapply(seq_along(taus), function(t) rho(d$y - x %*% fits[[t]]$coefficients, taus[t]))
  fitted <- sapply(fits, function(f) x %*% f$coefficients)
  fitted <- round(t(apply(fitted, 1, sort)), 5)
  percentile <- pmin(99, pmax(1, rowSums(fitted < d$y)))
  # the first rows of the basis, to see that bs() is what we compute
  list(id = design$id, rows = nrow(d), columns = ncol(x), knots = knots, objective = objective, percentile = percentile,
    basis = unname(round(do.call(cbind, basis)[1:8, ], 14)))
}

out <- list(r = R.version.string, quantreg = as.character(packageVersion("quantreg")),
  cohorts = lapply(seq_along(index), function(i) one(index[[i]], i - 1)))
write(toJSON(out, digits = I(17), auto_unbox = TRUE, null = "null"), file.path(folder, "results.json"))
