-- GET with an optional If-None-Match. Argument: the tag.
function init(args)
  if args[1] then wrk.headers["If-None-Match"] = args[1] end
end
