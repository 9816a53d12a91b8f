# Fits every design of the grid with lme4 and writes what our tests compare with.
#   Rscript fit.R FOLDER   reads FOLDER/index.json and FOLDER/<data>.csv, writes FOLDER/results.json
# lmer stops about 1e-5 short of the optimum in theta, so its own deviance function is polished: Newton steps with
# central differences over the parameters that are not on the boundary.
suppressMessages({library(lme4); library(jsonlite)})
folder <- commandArgs(TRUE)[1]
designs <- fromJSON(file.path(folder, "index.json"), simplifyVector = FALSE)

polish <- function(f, theta, lower) {
  free <- which(!(lower == 0 & theta < 1e-4))
  theta[lower == 0 & theta < 1e-4] <- 0
  if (length(free) == 0) return(theta)
  at <- function(x) { t <- theta; t[free] <- x; f(t) }
  x <- theta[free]; k <- length(x)
  for (step in 1:4) {
    h <- 1e-3
    # fourth-order central differences
    g <- sapply(seq_len(k), function(i) { e <- replace(numeric(k), i, h)
      (8 * (at(x + e) - at(x - e)) - (at(x + 2 * e) - at(x - 2 * e))) / (12 * h) })
    H <- matrix(0, k, k)
    for (i in seq_len(k)) for (j in seq_len(i)) {
      ei <- replace(numeric(k), i, h); ej <- replace(numeric(k), j, h)
      H[i, j] <- H[j, i] <- (at(x + ei + ej) - at(x + ei - ej) - at(x - ei + ej) + at(x - ei - ej)) / (4 * h * h)
    }
    d <- tryCatch(solve(H, g), error = function(e) numeric(k))
    if (max(abs(d)) > 0.01) break
    x <- x - d
  }
  theta[free] <- x
  if (f(theta) > f(replace(theta, free, theta[free])) + 1e-9) stop("the polish went uphill")
  theta
}

one <- function(design, reml) {
  d <- read.csv(file.path(folder, paste0(design$data, ".csv")), stringsAsFactors = TRUE)
  if (!is.null(design$weights)) d$.w <- d[[design$weights]] else d$.w <- 1
  if (!is.null(design$offset)) d$.o <- d[[design$offset]] else d$.o <- 0
  form <- as.formula(design$formula)
  lf <- suppressMessages(lFormula(form, d, REML = reml, weights = .w, offset = .o,
    control = lmerControl(check.nobs.vs.nRE = "ignore")))
  f <- do.call(mkLmerDevfun, lf)
  opt <- optimizeLmer(f, optimizer = "nloptwrap", control = list(xtol_abs = 1e-12, ftol_abs = 1e-14, xtol_rel = 0, ftol_rel = 0, maxeval = 5000))
  lower <- environment(f)$lower
  # one optimizer may stop at a saddle; the better of two counts
  again <- optimizeLmer(f, optimizer = "bobyqa", control = list(rhoend = 1e-9, maxfun = 20000))
  if (again$fval < opt$fval) opt <- again
  again <- optimizeLmer(f, optimizer = "bobyqa", start = list(theta = pmax(opt$par, ifelse(lower == 0, 0.05, -Inf))), control = list(rhoend = 1e-9, maxfun = 20000))
  if (again$fval < opt$fval) opt <- again
  theta <- polish(f, opt$par, lower)
  if (f(theta) > opt$fval + 1e-7) theta <- opt$par
  opt$fval <- f(theta); opt$par <- theta
  m <- suppressWarnings(mkMerMod(environment(f), opt, lf$reTrms, fr = lf$fr))
  vc <- as.data.frame(VarCorr(m))
  re <- ranef(m, condVar = TRUE)
  modes <- lapply(re, function(r) {
    pv <- attr(r, "postVar")
    # one array, or a list with one per term when a factor has several terms
    terms <- if (is.list(pv)) pv else list(pv)
    se <- do.call(cbind, lapply(terms, function(a) t(apply(a, 3, function(x) sqrt(diag(as.matrix(x)))))))
    if (nrow(se) != nrow(r)) se <- matrix(se, nrow = nrow(r))
    k <- seq_len(min(12, nrow(r)))
    list(levels = rownames(r)[k], names = colnames(r), u = unname(as.matrix(r)[k, , drop = FALSE]), se = unname(se[k, , drop = FALSE]))
  })
  list(
    id = design$id, method = if (reml) "REML" else "ML", nobs = nobs(m),
    criterion = if (reml) REMLcrit(m) else -2 * as.numeric(logLik(m)),
    aic = AIC(m), bic = BIC(m),
    names = names(fixef(m)), fixef = unname(fixef(m)), se = unname(sqrt(diag(as.matrix(vcov(m))))),
    sigma = sigma(m),
    varcomp = lapply(split(vc, seq_len(nrow(vc))), function(v) list(grp = v$grp, var1 = v$var1, var2 = v$var2, vcov = v$vcov)),
    modes = modes, fitted = unname(fitted(m)[1:5]))
}

results <- list()
for (design in designs) for (reml in c(FALSE, TRUE)) {
  message(design$id, if (reml) " REML" else " ML")
  results[[length(results) + 1]] <- one(design, reml)
}
# profile-likelihood intervals of two ML fits
intervals <- lapply(list(list("unbalanced", y ~ x + (x | school)), list("nested", y ~ x + sex + (1 | school/classGroup))), function(case) {
  d <- read.csv(file.path(folder, paste0(case[[1]], ".csv")), stringsAsFactors = TRUE)
  ci <- suppressWarnings(confint(lmer(case[[2]], d, REML = FALSE), parm = "theta_", method = "profile", quiet = TRUE))
  list(design = case[[1]], lower = unname(ci[, 1]), upper = unname(ci[, 2]))
})
out <- list(r = R.version.string, lme4 = as.character(packageVersion("lme4")), fits = results,
  intervals = intervals)
write(toJSON(out, digits = I(17), auto_unbox = TRUE, null = "null", na = "null"), file.path(folder, "results.json"))
